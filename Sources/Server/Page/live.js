// News of the whole log for views that only need to know that something happened.
// They read what changed by position, so nothing depends on each message arriving:
// EventSource is enough here, and where it fails, a timer.

const GATHER_MS = 800;
const POLL_MS = 5000;
const STREAM_AGAIN_MS = 30_000;

/** Calls `update` when there is news behind `after`, at most about once a second. */
export function liveLog(after, update, connection) {
  let [stream, timer, pending, closed, again] = [null, null, null, false, null];

  const news = () => {
    pending ??= setTimeout(async () => {
      await Promise.resolve(update()).then(
        () => stream?.readyState === 1 || connection('polling'), () => connection('reconnecting'));
      pending = null;
    }, GATHER_MS);
  };
  const open = () => {
    if (closed) return;
    stream = new EventSource(`/v1/events?after=${after}`);
    stream.onopen = () => {
      clearInterval(timer);
      timer = null;
      connection('live');
      news(); // whatever came before this stream did
    };
    stream.onmessage = (message) => {
      after = Number(message.lastEventId) || after;
      news();
    };
    stream.onerror = () => {
      connection('reconnecting');
      timer ??= setInterval(news, POLL_MS);
      if (stream.readyState === 2) again = setTimeout(open, STREAM_AGAIN_MS);
    };
  };
  connection('connecting');
  open();
  const close = () => {
    closed = true;
    stream?.close();
    [timer, pending, again].forEach(clearTimeout);
  };
  return { close };
}
