"""A counter's story by podman-py, which knows no checkpoints: its own connection asks for them.

Frozen to a file through the connection, removed, thawed from the file under another name.
Environment: PODMAN (the socket's URL), IMAGE, DIRECTORY (a scratch directory of this story).
"""

import os

import podman

from counting import COUNT, above

client = podman.PodmanClient(base_url=os.environ["PODMAN"])
api = client.api
archive = os.path.join(os.environ["DIRECTORY"], "story.tar")


def last(container):
    """The number that the counter printed last, or -1."""
    lines = b"".join(container.logs(tail=1)).split()
    return int(lines[-1]) if lines else -1


story = client.containers.create(os.environ["IMAGE"], ["sh", "-c", COUNT], name="story")
answer = api.post("/containers/story/checkpoint", params={"export": True})
assert answer.status_code == 409, answer.text
story.start()
above(last, story, 2)
answer = api.post("/containers/story/checkpoint", params={"export": True}, stream=True)
assert answer.status_code == 200, answer.text
with open(archive, "wb") as file:
    for piece in answer.iter_content(65536):
        file.write(piece)
story.reload()
assert story.status == "exited", story.status
frozen = last(story)
story.remove()
with open(archive, "rb") as file:
    answer = api.post("/containers/any/restore", params={"import": True, "name": "second"}, data=file)
assert answer.status_code == 200, answer.text
second = client.containers.get("second")
assert second.id == answer.json()["Id"]
above(last, second, frozen)
with open(archive, "r+b") as file:
    file.truncate(os.path.getsize(archive) // 2)
with open(archive, "rb") as file:
    answer = api.post("/containers/any/restore", params={"import": True, "name": "third"}, data=file)
assert answer.status_code == 400, (answer.status_code, answer.text)
assert not client.containers.exists("third")
answer = api.post("/containers/second/checkpoint", params={"leaveRunning": True})
assert answer.status_code == 200, answer.text
second.reload()
assert second.status == "running", second.status
second.remove(force=True)
print("told by podman-py", podman.__version__)
