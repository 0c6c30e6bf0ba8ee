import { describe, expect, it } from "vitest";
import {
  AF_UNIX,
  EAGAIN,
  EBADF,
  EFAULT,
  EINVAL,
  EMSGSIZE,
  ENOTSOCK,
  IP_RECVERR,
  IPPROTO_IP,
  IPPROTO_UDP,
  MSG_CMSG_CLOEXEC,
  MSG_CTRUNC,
  MSG_DONTWAIT,
  MSG_EOR,
  MSG_ERRQUEUE,
  MSG_PEEK,
  MSG_TRUNC,
  MSG_WAITALL,
  SCM_CREDENTIALS,
  SCM_TIMESTAMP,
  SCM_TIMESTAMPNS,
  SO_PASSCRED,
  SO_PEERCRED,
  SO_TIMESTAMP,
  SO_TIMESTAMPNS,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_SOCKET,
  UDP_GRO,
  UDP_SEGMENT,
} from "../../../host/core/linux.generated.js";
import { watchDescriptors } from "../../fakes/descriptors.js";
import { BAD_POINTER, type Guest, guestOf, NO_SUCH_FD, PAGE, realGuest, sockaddrOf } from "../../fakes/guest.js";
import { pairOf, putMessage, readMessage, sendRights } from "../../fakes/message.js";

watchDescriptors();

function setOption(guest: Guest, fd: number, name: number): void {
  expect(guest.call("setsockopt", fd, SOL_SOCKET, name, guest.put32(1), 4)).toBe(0);
}

/** Two UDP sockets, the second with its address. */
function udpPair(guest: Guest): [sender: number, receiver: number, name: Uint8Array] {
  const [sender, receiver] = [guest.udp(), guest.udp()];
  guest.bind(receiver, "127.0.0.1:0");
  return [sender, receiver, sockaddrOf(`127.0.0.1:${guest.portOf(receiver)}`)];
}

describe("recvmsg(2)", () => {
  it("answers EBADF and ENOTSOCK before it reads the message", () => {
    const guest = guestOf();
    expect(guest.call("recvmsg", NO_SUCH_FD, BAD_POINTER, 0)).toBe(-EBADF);
    expect(guest.call("recvmsg", guest.file(), BAD_POINTER, 0)).toBe(-ENOTSOCK);
  });

  it("scatters over its buffers in their order", () => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    guest.call("write", one, guest.put("hello"), 5);
    const [first, second] = [guest.allocate(2), guest.allocate(8)];
    const msg = guest.put32(0, 0, guest.putIovecs([first, 2], [second, 8]), 2, 0, 0, -1);
    expect(guest.call("recvmsg", other, msg, 0)).toBe(5);
    expect(guest.text(first, 2) + guest.text(second, 3)).toBe("hello");
    expect(readMessage(guest, msg)).toMatchObject({ controlLength: 0, flags: 0 });
  });

  it("receives a run of datagrams as one piece where UDP_GRO is set", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const [sender, receiver, name] = udpPair(guest);
    expect(guest.call("setsockopt", receiver, IPPROTO_UDP, UDP_GRO, guest.put32(1), 4)).toBe(0);
    expect(guest.call("setsockopt", sender, IPPROTO_UDP, UDP_SEGMENT, guest.put32(3), 4)).toBe(0);
    expect(guest.call("sendmsg", sender, putMessage(guest, { name, data: ["abcdefgh"] }), 0)).toBe(8);
    const msg = putMessage(guest, { data: [new Uint8Array(16)], controlRoom: 64 });
    expect(guest.call("recvmsg", receiver, msg, 0)).toBe(8);
    expect(readMessage(guest, msg).control).toEqual([{ level: IPPROTO_UDP, type: UDP_GRO, data: [3, 0, 0, 0] }]);
  });

  it("claims all that it may write before anything is received", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const [sender, fd, name] = udpPair(guest);
    guest.call("sendmsg", sender, putMessage(guest, { name, data: ["hello"] }), 0);
    for (const bad of [BAD_POINTER, PAGE - 1, PAGE]) {
      for (const [pointer, length] of [
        [0, 4],
        [8, 12],
        [16, 20],
      ] as const) {
        const msg = putMessage(guest, { data: ["x"] });
        guest.view.setInt32(msg + pointer, bad, true);
        guest.view.setInt32(msg + length, 16, true);
        expect(guest.call("recvmsg", fd, msg, 0)).toBe(-EFAULT);
      }
      expect(guest.call("recvmsg", fd, bad, 0)).toBe(-EFAULT);
    }
    expect(guest.call("recvmsg", fd, guest.put32(64, -1, 0, 0, 0, 0, 0), 0)).toBe(-EINVAL);
    expect(guest.call("recvmsg", fd, guest.put32(0, 0, 0, 1025, 0, 0, 0), 0)).toBe(-EMSGSIZE);
    expect(guest.call("recvmsg", fd, putMessage(guest, { data: [new Uint8Array(8)] }), MSG_DONTWAIT)).toBe(5);
  });

  it("writes the sender's address, cut to the guest's room, and its full length", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const [sender, receiver, name] = udpPair(guest);
    guest.bind(sender, "127.0.0.1:0");
    guest.call("sendmsg", sender, putMessage(guest, { name, data: ["hello"] }), 0);
    const msg = putMessage(guest, { nameRoom: 6, data: [new Uint8Array(8)] });
    expect(guest.call("recvmsg", receiver, msg, 0)).toBe(5);
    expect(readMessage(guest, msg).name).toHaveLength(16);
    expect(readMessage(guest, msg).name.slice(0, 6)).toEqual(guest.nameOf(sender).slice(0, 6));
  });

  it("writes places that overlap in the order of Linux: control data, the name, the header", () => {
    const guest = realGuest("--allow-net-listen=unix:@*");
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_DGRAM);
    guest.bind(one, `unix:@sockyard-overlap-${process.pid}`);
    const name = guest.nameOf(one);
    setOption(guest, other, SO_PASSCRED);
    // The credentials' data covers msg_flags and msg_controllen.
    const header = guest.allocate(64);
    const vector = guest.putIovecs([guest.allocate(4), 4]);
    const store = (...words: number[]): void => new Int32Array(guest.memory.buffer, header, 7).set(words);
    store(0, 0, vector, 1, header + 8, 24, -1);
    guest.call("write", one, guest.put("hello"), 5);
    expect(guest.call("recvmsg", other, header, 0)).toBe(4);
    expect(guest.view.getUint32(header + 20, true)).toBe(24);
    expect(guest.view.getInt32(header + 24, true)).toBe(MSG_TRUNC);
    const place = guest.allocate(64);
    store(place, 64, vector, 1, place, 24, -1);
    guest.call("write", one, guest.put("hello"), 5);
    expect(guest.call("recvmsg", other, header, 0)).toBe(4);
    expect(guest.get(place, name.length)).toEqual(name);
    expect(guest.view.getUint32(header + 4, true)).toBe(name.length);
  });

  it("tells of a message what came with it alone, and nothing of one before", () => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    const receive = (controlRoom: number) => {
      const msg = putMessage(guest, { data: [new Uint8Array(1)], controlRoom });
      expect(guest.call("recvmsg", other, msg, 0)).toBe(1);
      const { controlLength, flags } = readMessage(guest, msg);
      return { controlLength, flags };
    };
    for (const room of [0, 16]) {
      sendRights(guest, one, [one]);
      guest.call("write", one, guest.put("x"), 1);
      expect(receive(room)).toEqual({ controlLength: room, flags: room === 0 ? MSG_CTRUNC : 0 });
      expect(receive(16)).toEqual({ controlLength: 0, flags: 0 });
    }
  });

  it("leaves msg_namelen alone where no name is wanted, and sets it to 0 where there is none", () => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    guest.call("write", one, guest.put("ab"), 2);
    const without = putMessage(guest, { data: [new Uint8Array(1)] });
    guest.view.setUint32(without + 4, 42, true);
    guest.call("recvmsg", other, without, 0);
    expect(guest.view.getUint32(without + 4, true)).toBe(42);
    const unnamed = putMessage(guest, { nameRoom: 16, data: [new Uint8Array(1)] });
    guest.call("recvmsg", other, unnamed, 0);
    expect(guest.view.getUint32(unnamed + 4, true)).toBe(0);
  });

  it("tells that a datagram was cut, and where a record ends", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const [sender, receiver, name] = udpPair(guest);
    guest.call("sendmsg", sender, putMessage(guest, { name, data: ["hello"] }), 0);
    const msg = putMessage(guest, { data: [new Uint8Array(3)] });
    expect(guest.call("recvmsg", receiver, msg, MSG_TRUNC)).toBe(5);
    expect(readMessage(guest, msg).flags).toBe(MSG_TRUNC);
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_SEQPACKET);
    guest.call("send", one, guest.put("hello"), 5, 0);
    expect(guest.call("recvmsg", other, msg, 0)).toBe(3);
    expect(readMessage(guest, msg).flags & ~MSG_EOR).toBe(MSG_TRUNC);
  });

  it("peeks, waits for all, and does not wait", () => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    const msg = putMessage(guest, { data: [new Uint8Array(8)] });
    expect(guest.call("recvmsg", other, msg, MSG_DONTWAIT)).toBe(-EAGAIN);
    guest.call("write", one, guest.put("abcd"), 4);
    expect(guest.call("recvmsg", other, msg, MSG_PEEK)).toBe(4);
    guest.call("write", one, guest.put("efgh"), 4);
    expect(guest.call("recvmsg", other, msg, MSG_WAITALL)).toBe(8);
  });

  it("gives MSG_CMSG_CLOEXEC back to who passed it, as Linux does", () => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    guest.call("write", one, guest.put("ab"), 2);
    const msg = putMessage(guest, { data: [new Uint8Array(1)] });
    guest.call("recvmsg", other, msg, MSG_CMSG_CLOEXEC);
    expect(readMessage(guest, msg).flags).toBe(MSG_CMSG_CLOEXEC);
    guest.call("recvmsg", other, msg, 0);
    expect(readMessage(guest, msg).flags).toBe(0);
  });

  it("tells who sent, where SO_PASSCRED asks", () => {
    const guest = realGuest();
    const own = [process.pid, process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    for (const type of [SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET]) {
      const [one, other] = pairOf(guest, AF_UNIX, type);
      setOption(guest, other, SO_PASSCRED);
      guest.call("send", one, guest.put("x"), 1, 0);
      const msg = putMessage(guest, { data: [new Uint8Array(1)], controlRoom: 64 });
      expect(guest.call("recvmsg", other, msg, 0)).toBe(1);
      const data = [...new Uint8Array(Int32Array.from(own).buffer)];
      expect(readMessage(guest, msg)).toMatchObject({
        controlLength: 24,
        control: [{ level: SOL_SOCKET, type: SCM_CREDENTIALS, data }],
        flags: type === SOCK_SEQPACKET ? expect.any(Number) : 0,
      });
    }
  });

  it("tells who made the peer, by SO_PEERCRED", () => {
    const guest = realGuest();
    const [one] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    const value = guest.allocate(12);
    expect(guest.call("getsockopt", one, SOL_SOCKET, SO_PEERCRED, value, guest.put32(12))).toBe(0);
    expect([...new Int32Array(guest.get(value, 12).buffer)]).toEqual([
      process.pid,
      process.getuid?.(),
      process.getgid?.(),
    ]);
  });

  it.each([
    [SO_TIMESTAMP, SCM_TIMESTAMP, 1e6],
    [SO_TIMESTAMPNS, SCM_TIMESTAMPNS, 1e9],
  ])("tells when a datagram came: option %i as two 64-bit numbers", (option, type, unit) => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const [sender, receiver, name] = udpPair(guest);
    setOption(guest, receiver, option);
    const before = Date.now() / 1000;
    guest.call("sendmsg", sender, putMessage(guest, { name, data: ["x"] }), 0);
    const msg = putMessage(guest, { data: [new Uint8Array(1)], controlRoom: 64 });
    expect(guest.call("recvmsg", receiver, msg, 0)).toBe(1);
    const [message] = readMessage(guest, msg).control ?? [];
    expect(message).toMatchObject({ level: SOL_SOCKET, type });
    const [seconds = 0n, fraction = 0n] = new BigInt64Array(Uint8Array.from(message?.data ?? []).buffer);
    expect(Number(seconds) + Number(fraction) / unit).toBeGreaterThan(before - 5);
    expect(Number(seconds) + Number(fraction) / unit).toBeLessThan(before + 5);
  });

  it.each([
    [24, 24, 12, false],
    [23, 23, 11, true],
    [12, 12, 0, true],
    [11, 0, null, true],
    [0, 0, null, true],
  ])("cuts control data to a room of %i bytes as Linux does", (room, length, dataLength, isCut) => {
    const guest = realGuest();
    const [one, other] = pairOf(guest, AF_UNIX, SOCK_STREAM);
    setOption(guest, other, SO_PASSCRED);
    guest.call("write", one, guest.put("x"), 1);
    const msg = putMessage(guest, { data: [new Uint8Array(1)], controlRoom: room });
    expect(guest.call("recvmsg", other, msg, 0)).toBe(1);
    const { controlLength, control, flags } = readMessage(guest, msg);
    expect({ controlLength, flags }).toEqual({ controlLength: length, flags: isCut ? MSG_CTRUNC : 0 });
    expect(control?.[0]?.data.length ?? null).toBe(dataLength);
  });

  it("tells from the error queue what went wrong, and who said so", () => {
    const guest = realGuest("--allow-net=127.0.0.1");
    const [fd, other] = [guest.udp(), guest.udp()];
    guest.bind(other, "127.0.0.1:0");
    const name = sockaddrOf(`127.0.0.1:${guest.portOf(other)}`);
    guest.call("close", other);
    expect(guest.call("setsockopt", fd, IPPROTO_IP, IP_RECVERR, guest.put32(1), 4)).toBe(0);
    expect(guest.call("sendmsg", fd, putMessage(guest, { name, data: ["hello"] }), 0)).toBe(5);
    expect(guest.call("poll", guest.put32(fd, 0), 1, 5000)).toBe(1);
    const msg = putMessage(guest, { nameRoom: 16, data: [new Uint8Array(8)], controlRoom: 64 });
    const line = guest.trace("recvmsg", fd, msg, MSG_ERRQUEUE);
    expect(readMessage(guest, msg)).toMatchObject({ name, controlLength: 44, flags: MSG_ERRQUEUE });
    expect(line).toContain(
      "msg_control=[{cmsg_len=44, cmsg_level=SOL_IP, cmsg_type=IP_RECVERR, cmsg_data={ee_errno=111, " +
        "ee_origin=SO_EE_ORIGIN_ICMP, ee_type=3, ee_code=3, ee_info=0, ee_data=0, " +
        'offender={sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}}}], msg_controllen=44, ' +
        "msg_flags=MSG_ERRQUEUE}, MSG_ERRQUEUE) = 5",
    );
    expect(guest.call("recvmsg", fd, msg, MSG_ERRQUEUE)).toBe(-EAGAIN);
  });

  it("passes the kernel's errno through and writes nothing", () => {
    const guest = guestOf("", { recvmsg: -EAGAIN });
    const msg = putMessage(guest, { data: ["x"], controlRoom: 64 });
    const before = guest.get(msg, 28);
    expect(guest.call("recvmsg", guest.udp(), msg, 0)).toBe(-EAGAIN);
    expect(guest.get(msg, 28)).toEqual(before);
  });

  it("is traced as strace would print it", () => {
    const guest = guestOf("--allow-all", { getsockname: -EBADF });
    guest.kernel.recvmsg = (_, header) => {
      const { address, control, nameRoom, controlRoom } = guest.kernel;
      const roomAt = (at: number) => ({
        pointer: guest.view.getUint32(header + at, true),
        size: guest.view.getUint32(header + at + 4, true),
      });
      address.bytes.set(sockaddrOf("127.0.0.1:53"));
      address.length = 16;
      control.bytes.set(new Uint8Array(Int32Array.from([28, SOL_SOCKET, SCM_TIMESTAMP, 5, 0, 7, 0]).buffer));
      control.length = 28;
      Object.assign(nameRoom, roomAt(0));
      Object.assign(controlRoom, roomAt(16));
      guest.kernel.messageFlags = MSG_TRUNC;
      return 5;
    };
    const msg = putMessage(guest, { nameRoom: 16, data: ["hello, world"], controlRoom: 64 });
    expect(guest.trace("recvmsg", guest.udp(), msg, MSG_DONTWAIT)).toBe(
      'recvmsg(3<UDP>, {msg_name={sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.1")}, ' +
        'msg_namelen=16, msg_iov=[{iov_base="hello", iov_len=12}], msg_iovlen=1, ' +
        "msg_control=[{cmsg_len=28, cmsg_level=SOL_SOCKET, cmsg_type=SO_TIMESTAMP, " +
        "cmsg_data={tv_sec=5, tv_usec=7}}], msg_controllen=28, msg_flags=MSG_TRUNC}, MSG_DONTWAIT) = 5",
    );
    expect(guest.trace("recvmsg", NO_SUCH_FD, msg, 0)).toBe("recvmsg(77, ?, 0) = -1 EBADF (Bad file descriptor)");
  });
});
