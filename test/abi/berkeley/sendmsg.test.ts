import { describe, expect, it } from "vitest";
import { encodeIntegers } from "../../../host/core/control.js";
import {
  AF_UNIX,
  EACCES,
  EAGAIN,
  EBADF,
  EFAULT,
  EINVAL,
  EMSGSIZE,
  ENOBUFS,
  ENOTSOCK,
  EPERM,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_UDP,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  SCM_CREDENTIALS,
  SCM_RIGHTS,
  SOCK_STREAM,
  SOL_SOCKET,
  UDP_SEGMENT,
} from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { FIRST_HOST_FD } from "../../fakes/fake-kernel.js";
import { BAD_POINTER, guestOf, NO_SUCH_FD, PAGE, realGuest, sockaddrOf } from "../../fakes/guest.js";
import { controlOf, pairOf, putMessage, rightsOf, sendRights } from "../../fakes/message.js";

watchDescriptors();

const IP_PKTINFO = 8;
const ownCredentials = (): number[] => [process.pid, process.getuid?.() ?? 0, process.getgid?.() ?? 0];
const credentials = (...ids: number[]) => ({ level: SOL_SOCKET, type: SCM_CREDENTIALS, data: encodeIntegers(ids) });

describe("sendmsg(2)", () => {
  it("answers EBADF and ENOTSOCK before it reads the message", () => {
    const guest = guestOf();
    expect(guest.call("sendmsg", NO_SUCH_FD, BAD_POINTER, 0)).toBe(-EBADF);
    expect(guest.call("sendmsg", guest.file(), BAD_POINTER, 0)).toBe(-ENOTSOCK);
  });

  it("gathers its buffers in their order", () => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    expect(guest.call("sendmsg", one, putMessage(guest, { data: ["hel", "", "lo"] }), MSG_NOSIGNAL)).toBe(5);
    const buf = guest.allocate(8);
    expect(guest.call("read", other, buf, 8)).toBe(5);
    expect(guest.text(buf, 5)).toBe("hello");
  });

  it.each([
    ["the name", 0, 4],
    ["the vector", 8, 12],
    ["the control data", 16, 20],
  ])("answers EFAULT for a bad pointer to %s, and the kernel hears nothing", (_, pointer, length) => {
    const guest = guestOf("--allow-all");
    const fd = guest.udp();
    for (const bad of [BAD_POINTER, PAGE - 1, PAGE]) {
      const msg = putMessage(guest, { data: ["x"] });
      guest.view.setInt32(msg + pointer, bad, true);
      guest.view.setInt32(msg + length, 16, true);
      expect(guest.call("sendmsg", fd, msg, 0)).toBe(-EFAULT);
    }
    expect(guest.kernel.calls("sendmsg")).toEqual([]);
  });

  it("answers EFAULT for a buffer outside memory", () => {
    const guest = realGuest();
    const [one] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    const msg = guest.put32(0, 0, guest.putIovecs([64, 1], [PAGE - 1, 2]), 2, 0, 0, 0);
    expect(guest.call("sendmsg", one, msg, 0)).toBe(-EFAULT);
  });

  it("checks lengths as Linux does", () => {
    const guest = guestOf("--allow-all");
    const fd = guest.udp();
    const withWords = (...words: number[]): number => guest.call("sendmsg", fd, guest.put32(...words), 0);
    expect(withWords(64, -1, 0, 0, 0, 0, 0)).toBe(-EINVAL);
    expect(withWords(0, -1, 0, 0, 0, 0, 0)).toBe(0);
    expect(withWords(0, 0, 0, 1025, 0, 0, 0)).toBe(-EMSGSIZE);
    expect(withWords(0, 0, 0, -1, 0, 0, 0)).toBe(-EMSGSIZE);
    expect(withWords(0, 0, 0, 0, 64, -1, 0)).toBe(-ENOBUFS);
    expect(withWords(0, 0, 0, 0, 64, 131_073, 0)).toBe(-ENOBUFS);
    // Less than a header is no message.
    expect(withWords(0, 0, 0, 0, 64, 11, 0)).toBe(0);
  });

  it("judges its name as sendto does, and gives the kernel what was judged", () => {
    const guest = guestOf("--allow-net-connect=udp:127.0.0.1:53");
    const fd = guest.udp();
    const send = (address: string): number =>
      guest.call("sendmsg", fd, putMessage(guest, { name: sockaddrOf(address), data: ["x"] }), 0);
    expect(send("127.0.0.1:54")).toBe(-EACCES);
    expect(guest.kernel.calls("sendmsg")).toEqual([]);
    expect(send("127.0.0.1:53")).toBe(0);
    // The unspecified address was judged as loopback.
    expect(send("0.0.0.0:53")).toBe(0);
    expect(guest.kernel.recorded.filter(({ name }) => name === "sendmsg").map(({ address }) => address)).toEqual([
      sockaddrOf("127.0.0.1:53"),
      sockaddrOf("127.0.0.1:53"),
    ]);
  });

  it("sends to the peer without a name, whatever the last call left in the slot", () => {
    const guest = guestOf("--allow-all");
    const fd = guest.udp();
    guest.connect(fd, "127.0.0.1:53");
    guest.call("sendmsg", fd, putMessage(guest, { data: ["x"] }), 0);
    expect(guest.kernel.recorded.at(-1)).toMatchObject({ name: "sendmsg", address: new Uint8Array(0) });
  });

  it("puts descriptors, as the kernel numbers them, beside the data", () => {
    const guest = guestOf();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    const file = guest.file(99);
    let sent: number[] = [];
    guest.kernel.sendmsg = () => {
      const { descriptors, descriptorCount } = guest.kernel.control;
      sent = [...descriptors.subarray(0, descriptorCount)];
      return 1;
    };
    const control = controlOf(rightsOf(file, other), rightsOf(), rightsOf(0));
    expect(guest.call("sendmsg", one, putMessage(guest, { data: ["x"], control }), 0)).toBe(1);
    expect(sent).toEqual([99, FIRST_HOST_FD + 1, 0]);
    expect(guest.call("sendmsg", one, putMessage(guest, { data: ["x"] }), 0)).toBe(1);
    expect(sent).toEqual([]);
  });

  it("answers EBADF for a descriptor that is not open, EINVAL for more than 253", () => {
    const guest = realGuest();
    const [one] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    expect(sendRights(guest, one, [one, NO_SUCH_FD])).toBe(-EBADF);
    expect(sendRights(guest, one, [-1])).toBe(-EBADF);
    expect(sendRights(guest, one, new Array(253).fill(one))).toBe(1);
    expect(sendRights(guest, one, new Array(254).fill(one))).toBe(-EINVAL);
  });

  it.each([
    ["the source of a datagram", { level: IPPROTO_IP, type: IP_PKTINFO, data: new Uint8Array(12) }],
    ["a time to live", { level: IPPROTO_IP, type: IP_TTL, data: new Uint8Array(4) }],
    ["an unknown type", { level: SOL_SOCKET, type: 99, data: new Uint8Array(4) }],
    ["an unknown level", { level: 4242, type: SCM_RIGHTS, data: new Uint8Array(4) }],
    ["a segment size of the wrong length", { level: IPPROTO_UDP, type: UDP_SEGMENT, data: new Uint8Array(4) }],
  ])("refuses control data that policy does not know: %s", (_, message) => {
    const guest = guestOf("--allow-all");
    for (const fd of [guest.udp(), guest.unix()]) {
      const msg = putMessage(guest, { name: sockaddrOf("127.0.0.1:9"), data: ["x"], control: controlOf(message) });
      expect(guest.call("sendmsg", fd, msg, 0)).toBe(-EINVAL);
    }
    expect(guest.kernel.calls("sendmsg")).toEqual([]);
  });

  it.each([
    ["shorter than its header", [11, SOL_SOCKET, SCM_RIGHTS]],
    ["of no length", [0, SOL_SOCKET, SCM_RIGHTS]],
    ["longer than the buffer", [17, SOL_SOCKET, SCM_RIGHTS, 0]],
    ["of a length that wraps around", [-4, SOL_SOCKET, SCM_RIGHTS, 0]],
  ])("answers EINVAL for a message %s", (_, words) => {
    const guest = guestOf();
    const [one] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    const control = new Uint8Array(Int32Array.from(words).buffer);
    expect(guest.call("sendmsg", one, putMessage(guest, { data: ["x"], control }), 0)).toBe(-EINVAL);
    expect(guest.kernel.calls("sendmsg")).toEqual([]);
  });

  it("cuts a datagram into segments", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const [receiver, sender] = [guest.udp(), guest.udp()];
    guest.bind(receiver, "127.0.0.1:0");
    const name = sockaddrOf(`127.0.0.1:${guest.portOf(receiver)}`);
    const control = controlOf({ level: IPPROTO_UDP, type: UDP_SEGMENT, data: Uint8Array.of(3, 0) });
    expect(guest.call("sendmsg", sender, putMessage(guest, { name, data: ["abcdefgh"], control }), 0)).toBe(8);
    const buf = guest.allocate(8);
    expect([1, 2, 3].map(() => guest.call("recv", receiver, buf, 8, 0))).toEqual([3, 3, 2]);
  });

  it("tells the program's own credentials and no others", () => {
    const guest = realGuest();
    const [one] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    const send = (message: ReturnType<typeof credentials>): number =>
      guest.call("sendmsg", one, putMessage(guest, { data: ["x"], control: controlOf(message) }), 0);
    const [pid = 0, uid = 0, gid = 0] = ownCredentials();
    expect(send(credentials(pid, uid, gid))).toBe(1);
    expect(send(credentials(1, uid, gid))).toBe(-EPERM);
    expect(send(credentials(pid, uid + 1, gid))).toBe(-EPERM);
    expect(send(credentials(pid, uid, gid + 1))).toBe(-EPERM);
    expect(send(credentials(pid, uid))).toBe(-EINVAL);
  });

  it("ignores descriptors and credentials on IP sockets, as Linux does", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const fd = guest.udp();
    guest.bind(fd, "127.0.0.1:0");
    guest.connect(fd, `127.0.0.1:${guest.portOf(fd)}`);
    const control = controlOf(rightsOf(NO_SUCH_FD), credentials(1, 1, 1));
    expect(guest.call("sendmsg", fd, putMessage(guest, { data: ["x"], control }), 0)).toBe(1);
    expect(guest.denials).toEqual([]);
  });

  it("passes the kernel's errno through", () => {
    const guest = guestOf("", { sendmsg: -EAGAIN });
    const [one] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    expect(sendRights(guest, one, [one])).toBe(-EAGAIN);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("--allow-all", { sendmsg: 5, getsockname: -EBADF });
    const name = sockaddrOf("127.0.0.1:53");
    const named = putMessage(guest, { name, data: ["hel", "lo"] });
    guest.view.setInt32(named + 24, MSG_NOSIGNAL, true);
    expect(guest.trace("sendmsg", guest.udp(), named, MSG_DONTWAIT)).toBe(
      'sendmsg(3<UDP>, {msg_name={sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.1")}, ' +
        'msg_namelen=16, msg_iov=[{iov_base="hel", iov_len=3}, {iov_base="lo", iov_len=2}], msg_iovlen=2, ' +
        "msg_controllen=0, msg_flags=MSG_NOSIGNAL}, MSG_DONTWAIT) = 5",
    );
    const control = controlOf(rightsOf(0, 3), credentials(7, 8, 9));
    const msg = putMessage(guest, { data: ["hello"], control });
    guest.view.setInt32(msg + 24, 0, true);
    expect(guest.trace("sendmsg", guest.unix(), msg, 0)).toBe(
      'sendmsg(4<UNIX-STREAM>, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="hello", iov_len=5}], msg_iovlen=1, ' +
        "msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[0, 3]}, " +
        "{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_CREDENTIALS, cmsg_data={pid=7, uid=8, gid=9}}], " +
        "msg_controllen=44, msg_flags=0}, 0) = 5",
    );
    expect(guest.trace("sendmsg", NO_SUCH_FD, BAD_POINTER, 0)).toBe(
      "sendmsg(77, 0xffffffff, 0) = -1 EBADF (Bad file descriptor)",
    );
  });
});
