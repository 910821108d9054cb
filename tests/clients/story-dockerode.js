// A counter's story by dockerode. Environment: SOCKET, IMAGE.
const assert = require("node:assert");
const Docker = require("/opt/clients/node_modules/dockerode");

const docker = new Docker({ socketPath: process.env.SOCKET });
const count = "i=0; while :; do echo $i; i=$((i+1)); sleep 0.1; done";

// The number that the counter printed last, or -1. Behind eight bytes of header in each frame.
async function last(container) {
  const frames = await container.logs({ stdout: true, tail: 1 });
  const text = frames.subarray(8).toString().trim();
  return text === "" ? -1 : Number(text.split("\n").at(-1));
}

async function above(container, number) {
  for (let turn = 0; turn < 200; turn += 1) {
    if ((await last(container)) > number) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`the counter stands at ${await last(container)}, not above ${number}`);
}

async function main() {
  const story = await docker.createContainer({
    name: "story", Image: process.env.IMAGE, Cmd: ["sh", "-c", count],
  });
  await assert.rejects(story.createCheckpoint({ checkpointId: "early" }), { statusCode: 409 });
  await story.start();
  await above(story, 2);
  await story.createCheckpoint({ checkpointId: "one", exit: true });
  const frozen = await last(story);
  assert.equal((await story.inspect()).State.Status, "exited");
  const names = (await story.listCheckpoint()).map((entry) => entry.Name);
  assert.deepEqual(names, ["one"]);
  await assert.rejects(story.start({ _query: { checkpoint: "none" }, _body: {} }), { statusCode: 404 });
  await story.start({ _query: { checkpoint: "one" }, _body: {} });
  await above(story, frozen);
  await story.deleteCheckpoint("one");
  await story.remove({ force: true });
  await assert.rejects(story.inspect(), { statusCode: 404 });
  console.log("told by dockerode");
}

main().catch((error) => { console.error(error); process.exit(1); });
