// Errors of the network: what lies between. They need a network that is broken
// in known ways: network.sh makes one.

import { EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH } from "sockyard/errno";
import { SockaddrIn, SockaddrLl } from "sockyard/sockaddr";
import {
  AF_INET,
  AF_PACKET,
  close,
  connect,
  getsockname,
  IPPROTO_ICMP,
  Ref,
  SIZEOF_SOCKADDR_IN,
  SOCK_DGRAM,
  SOCK_RAW,
  send,
  sendto,
  socket,
} from "sockyard/socket";
import { prepared, report } from "./report";

/** The number of the interface that network.sh leaves down. */
const DOWN = 100;

export function showErrorsOfNetworks(): void {
  showRoutes();
  showNetworkDown();
  showHostDown();
}

/** To connect a datagram socket sends nothing, but looks for the way: its errors are those of the routes. */
function showRoutes(): void {
  const datagrams = prepared(socket(AF_INET, SOCK_DGRAM, 0), "socket");
  const nowhere = SockaddrIn.from("192.0.2.1", "9");
  report(ENETUNREACH, connect(datagrams, nowhere, SIZEOF_SOCKADDR_IN), "connect() to 192.0.2.1, with no route there");
  const lost = SockaddrIn.from("198.51.100.1", "9");
  const result = connect(datagrams, lost, SIZEOF_SOCKADDR_IN);
  report(EHOSTUNREACH, result, "connect() to 198.51.100.1, with a route that says unreachable");
  close(datagrams);
}

/**
 * Routes of an interface that goes down are gone, which is ENETUNREACH. Who
 * names the interface, as a packet socket does, is told that it is down.
 */
function showNetworkDown(): void {
  const packets = socket(AF_PACKET, SOCK_DGRAM, 0);
  if (packets < 0) {
    report(ENETDOWN, packets, "socket() for packets");
    return;
  }
  const outlet = new SockaddrLl();
  outlet.sll_ifindex = DOWN;
  outlet.sll_halen = 6;
  const result = sendto(packets, new StaticArray<u8>(1), 1, 0, outlet, offsetof<SockaddrLl>());
  report(ENETDOWN, result, "sendto() through an interface that is down");
  close(packets);
}

/**
 * Linux never finds out by itself that a host is down: it says so when a router
 * does, by ICMP "destination host unknown". The part of the router is played by
 * this program, which tells its own kernel about its own datagram.
 */
function showHostDown(): void {
  const router = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
  if (router < 0) {
    report(EHOSTDOWN, router, "socket() for ICMP");
    return;
  }

  const there = SockaddrIn.from("127.0.0.1", "9")!;
  const here = new SockaddrIn();
  const datagrams = prepared(socket(AF_INET, SOCK_DGRAM, 0), "socket");
  prepared(connect(datagrams, there, SIZEOF_SOCKADDR_IN), "connect");
  prepared(getsockname(datagrams, here, new Ref<u32>(SIZEOF_SOCKADDR_IN)), "getsockname");

  const message = hostUnknown(here, there);
  prepared(sendto(router, message, message.length, 0, here, SIZEOF_SOCKADDR_IN), "sendto");
  const result = send(datagrams, new StaticArray<u8>(1), 1, 0);
  report(EHOSTDOWN, result, "send() after a router's ICMP: destination host unknown");
  close(router);
  close(datagrams);
}

const DESTINATION_UNREACHABLE: u8 = 3;
const HOST_UNKNOWN: u8 = 7;

// RFC 792, all in network order
//   0  u8   type
//   1  u8   code
//   2  u16  checksum
//   4  u32  unused
//   8  u8[20]  the IP header of the datagram that did not arrive (RFC 791)
//  28  u8[8]   its UDP header (RFC 768): ports, length, checksum
function hostUnknown(source: SockaddrIn, destination: SockaddrIn): StaticArray<u8> {
  const message = new StaticArray<u8>(36);
  const start = changetype<usize>(message);
  message[0] = DESTINATION_UNREACHABLE;
  message[1] = HOST_UNKNOWN;
  message[8] = 0x45; // version 4, five words
  message[11] = 28; // length
  message[16] = 64; // time to live
  message[17] = 17; // UDP
  store<u32>(start, source.sin_addr, 20);
  store<u32>(start, destination.sin_addr, 24);
  store<u16>(start, source.sin_port, 28);
  store<u16>(start, destination.sin_port, 30);
  message[33] = 8; // length
  store<u16>(start, checksum(message), 2);
  return message;
}

/** RFC 1071: the complement of the sum in ones' complement, which is the same in either byte order. */
function checksum(bytes: StaticArray<u8>): u16 {
  let sum: u32 = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += load<u16>(changetype<usize>(bytes) + i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~(<u16>sum);
}
