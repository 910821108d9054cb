# Locks a key of minisign, which has no passphrase, with one, by the least of work and memory:
# minisign's own choice takes a gigabyte and, in a build for tests, minutes.
import base64, hashlib, struct, sys

source, target, passphrase = sys.argv[1:]
comment, line = open(source).read().splitlines()
raw = base64.b64decode(line)
key = raw[54:126]  # number and secret key
check = hashlib.blake2b(b"Ed" + key, digest_size=32).digest()
salt = bytes(range(32))
stream = hashlib.scrypt(passphrase.encode(), salt=salt, n=1024, r=8, p=1, dklen=104)
locked = bytes(a ^ b for a, b in zip(key + check, stream))
head = b"EdScB2" + salt + struct.pack("<QQ", 32768, 1 << 24)
with open(target, "w") as file:
    file.write(f"{comment}\n{base64.b64encode(head + locked).decode()}\n")
