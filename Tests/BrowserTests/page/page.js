// What a product's page would write around client.js, recording all it is told.
import * as client from '/client.js';

window.client = client;
window.told = { events: [], states: [], problems: [], connections: [], live: [], done: [] };

window.begin = (job, options = {}) => {
  const { told } = window;
  window.following = client.follow(job, {
    after: 0,
    ...options,
    onEvent: (event) => told.events.push(event.position),
    onProgress: (status) => told.states.push(status.state),
    onProblem: ({ kind }) => told.problems.push(kind),
    onConnection: (state) => told.connections.push(state),
    onLive: (line) => told.live.push(line.text),
    onDone: (status) => told.done.push(status),
  });
};
window.ready = true;
