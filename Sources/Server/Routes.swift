// The API, one line a route.

import HTTPServer
import Ledger

enum Routes {
  static let all: [Route] = [
    Route("GET", "/", .open, handler: PageResource.home),
    Route("GET", "/client.js", .open, handler: PageResource.client),
    Route("GET", "/openapi.json", .open, handler: PageResource.api),
    Route("GET", "/page/{name}", .open, handler: PageResource.file),
    Route("POST", "/v1/jobs", .scope(.writeJobs), handler: SubmitResource.submit),
    Route("GET", "/v1/jobs", .scope(.readJobs), handler: JobResource.list),
    Route("POST", "/v1/jobs/track", .scope(.writeJobs), handler: SubmitResource.track),
    Route("GET", "/v1/jobs/{job}", .scope(.readJobs), handler: JobResource.get),
    Route("GET", "/v1/jobs/{job}/events", .scope(.readJobs), handler: EventsResource.ofJob),
    Route("GET", "/v1/jobs/{job}/timeline", .scope(.readJobs), handler: JobResource.timeline),
    Route("GET", "/v1/jobs/{job}/explain", .scope(.readJobs), handler: BooksResource.explain),
    Route("POST", "/v1/jobs/{job}/check", .scope(.writeJobs), handler: JobActions.check),
    Route("POST", "/v1/jobs/{job}/cancel", .scope(.writeJobs), handler: JobActions.cancel),
    Route("POST", "/v1/jobs/{job}/unpark", .scope(.operate), handler: JobActions.unpark),
    Route("POST", "/v1/jobs/{job}/resolve", .scope(.operate), handler: JobActions.resolve),
    Route("POST", "/v1/jobs/{job}/refund", .scope(.writeCredits), handler: JobActions.refund),
    Route("POST", "/v1/jobs/{job}/delivered", .scope(.readJobs), handler: JobActions.delivered),
    Route("POST", "/v1/jobs/{job}/client-reports", .scope(.readJobs), handler: JobActions.report),
    Route("GET", "/v1/events", .scope(.readJobs), handler: EventsResource.all),
    Route("GET", "/v1/accounts", .scope(.readJobs), handler: AccountResource.list),
    Route("GET", "/v1/accounts/{account}", .scope(.readJobs), handler: AccountResource.get),
    Route(
      "GET", "/v1/accounts/{account}/statement", .scope(.readJobs),
      handler: AccountResource.statement),
    Route(
      "POST", "/v1/accounts/{account}/grants", .scope(.writeCredits),
      handler: AccountResource.grant),
    Route(
      "POST", "/v1/accounts/{account}/adjustments", .scope(.writeCredits),
      handler: AccountResource.adjust),
    Route("GET", "/v1/incidents", .scope(.readJobs), handler: BooksResource.incidents),
    Route("GET", "/v1/audit", .scope(.audit), handler: BooksResource.audit),
    Route("POST", "/v1/webhooks/{provider}", .open, handler: WebhookResource.take),
    Route("POST", "/v1/stream-tickets", .scope(.readJobs), handler: AccessResource.makeTicket),
    Route("POST", "/v1/sessions", .open, handler: AccessResource.open),
    Route("GET", "/v1/sessions", .known, handler: AccessResource.get),
    Route("DELETE", "/v1/sessions", .open, handler: AccessResource.close),
    Route("GET", "/metrics", .scope(.operate), handler: MetricsResource.get),
    Route("GET", "/livez", .open, handler: HealthResource.live),
    Route("GET", "/readyz", .open, handler: HealthResource.ready),
  ]
}
