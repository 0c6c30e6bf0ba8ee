// <netdb.h>: names of hosts, services and protocols; and the resolver under it.

export * from "./linux.generated";
export { Addrinfo, freeaddrinfo, getaddrinfo } from "./netdb/addrinfo";
export { Answer } from "./netdb/answer";
export { Configuration } from "./netdb/configuration";
export { gai_strerror, h_errno, herror, hstrerror } from "./netdb/errors";
export { gethostbyaddr, gethostbyname, gethostbyname2, Hostent } from "./netdb/hosts";
export { getnameinfo } from "./netdb/nameinfo";
export { getprotobyname, getprotobynumber, Protoent } from "./netdb/protocols";
export {
  AddressRecord,
  MxRecord,
  NameRecord,
  ResourceRecord,
  SoaRecord,
  SrvRecord,
  TxtRecord,
} from "./netdb/records";
export { Resolver, systemResolver } from "./netdb/resolver";
export { reverseName } from "./netdb/reverse";
export { ServerTransport } from "./netdb/server-transport";
export { getservbyname, getservbyport, Servent } from "./netdb/services";
export { lookUpService, orderServices } from "./netdb/srv";
export { AsyncHostTransport, renewId, Transport } from "./netdb/transport";
export { Waiter } from "./netdb/waiter";
export { Ref } from "./pointer";
