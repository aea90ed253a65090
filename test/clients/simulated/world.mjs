// Where the simulators are, as simserver announced it, and how to be a person
// in the simulated Slack.

if (!process.env.HOIST_SIMULATORS) throw new Error('start this with test/clients/run, which starts the simulators');

export const { entra, graph, slack } = JSON.parse(process.env.HOIST_SIMULATORS);

// within bounds everything that waits for somebody else.
export const within = 15_000;

// steer gives an order to simserver (simserver/steer.go lists them).
export async function steer(name, order = {}) {
  const answer = await fetch(`${slack.steer}/${name}`, { method: 'POST', body: JSON.stringify(order), signal: AbortSignal.timeout(within) });
  if (!answer.ok) throw new Error(`steer ${name}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

// quiet is a logger for Slack's clients: refusals are asked for here.
export const quiet = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel: () => 'error', setName() {} };
