# aiohttp and SQLite serving a job's status: one row by its key, as JSON.
#
# status_server.py DIR JOBS      prints {"port":N}, serves until it is ended
#   GET /v1/jobs/job-N           the status, 600 bytes
import json
import sqlite3
import sys

from aiohttp import web

STATUS_BYTES = 600


def fill(folder, jobs):
    base = sqlite3.connect(f"{folder}/jobs.sqlite")
    base.execute("CREATE TABLE job(id TEXT PRIMARY KEY, status TEXT)")
    base.executemany("INSERT INTO job VALUES(?, ?)", (
        (f"job-{number}", "x" * STATUS_BYTES) for number in range(jobs)))
    base.commit()
    return base


async def main():
    base = fill(sys.argv[1], int(sys.argv[2]))

    async def status(request):
        found = base.execute(
            "SELECT status FROM job WHERE id = ?", (request.match_info["id"],)).fetchone()
        if not found:
            return web.Response(status=404)
        return web.Response(text=found[0], content_type="application/json")

    app = web.Application()
    app.router.add_get("/v1/jobs/{id}", status)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(json.dumps({"port": runner.addresses[0][1]}), flush=True)
    return app


if __name__ == "__main__":
    import asyncio

    loop = asyncio.new_event_loop()
    loop.run_until_complete(main())
    loop.run_forever()
