// The echo server as one writes it with Node's own module `net`.
import { createServer } from "node:net";

const server = createServer((socket) => {
  // A client that resets its connection has got its answer.
  socket.on("error", () => socket.destroy());
  socket.pipe(socket);
});

server.listen(0, "127.0.0.1", () => {
  process.stderr.write(`listening on 127.0.0.1:${server.address().port}\n`);
});
