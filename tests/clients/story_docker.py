"""A counter's story by docker-py, which knows no checkpoints: its own connection asks for them.

Environment: DOCKER_HOST, IMAGE.
"""

import os

import docker

from counting import COUNT, above

client = docker.from_env()
api = client.api


def last(container):
    """The number that the counter printed last, or -1."""
    lines = container.logs(tail=1).split()
    return int(lines[-1]) if lines else -1


def checkpoint(container, method="post", name="", **body):
    """The answer to a request about a container's checkpoints."""
    url = api._url("/containers/{0}/checkpoints" + (f"/{name}" if name else ""), container.id)
    if method == "post":
        return api._post_json(url, data=body)
    return getattr(api, "_" + method)(url)


story = client.containers.run(os.environ["IMAGE"], ["sh", "-c", COUNT], name="story", detach=True)
above(last, story, 2)
assert checkpoint(story, CheckpointID="one", Exit=False).status_code == 201
story.reload()
assert story.status == "running", story.status
assert checkpoint(story, CheckpointID="one", Exit=False).status_code == 409
assert checkpoint(story, CheckpointID="a/b", Exit=False).status_code == 400
assert checkpoint(story, CheckpointID="two", Exit=True).status_code == 201
frozen = last(story)
story.reload()
assert story.status == "exited", story.status
assert checkpoint(story, CheckpointID="three", Exit=True).status_code == 409
names = sorted(entry["Name"] for entry in checkpoint(story, "get").json())
assert names == ["one", "two"], names
answer = api._post(api._url("/containers/{0}/start", story.id), params={"checkpoint": "none"})
assert answer.status_code == 404, answer.text
answer = api._post(api._url("/containers/{0}/start", story.id), params={"checkpoint": "two"})
assert answer.status_code == 204, answer.text
above(last, story, frozen)
for name in names:
    assert checkpoint(story, "delete", name).status_code == 204
assert checkpoint(story, "get").json() == []
code, output = story.exec_run(["sh", "-c", "exit 7"])
assert code == 7, output
story.remove(force=True)
assert [container.name for container in client.containers.list(all=True)] == []
print("told by docker-py", docker.__version__)
