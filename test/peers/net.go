// The other end of test/guests/go-peers.ts. Arguments: (serve|call) network address
package main

import (
	"fmt"
	"io"
	"net"
	"os"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func serve(network, address string) {
	listener := must(net.Listen(network, address))
	fmt.Println("ready", listener.Addr())
	conn := must(listener.Accept())
	io.Copy(struct{ io.Writer }{conn}, struct{ io.Reader }{conn})
	conn.Close()
	listener.Close()
}

func serveDatagrams(network, address string) {
	socket := must(net.ListenPacket(network, address))
	fmt.Println("ready", socket.LocalAddr())
	buffer := make([]byte, 256)
	for i := 0; i < 2; i++ {
		n, peer, err := socket.ReadFrom(buffer)
		if err != nil {
			panic(err)
		}
		must(socket.WriteTo(buffer[:n], peer))
	}
	socket.Close()
}

func callStream(network, address string) {
	conn := must(net.Dial(network, address)).(*net.TCPConn)
	must(conn.Write([]byte("to and fro")))
	conn.CloseWrite()
	all, err := io.ReadAll(conn)
	fmt.Printf("%s, %t\n", all, err == nil)
	conn.Close()
}

func connect(network, address string) net.Conn {
	if network != "unixgram" {
		return must(net.Dial(network, address))
	}
	own := &net.UnixAddr{Name: "@" + address + ".client", Net: network}
	return must(net.DialUnix(network, own, &net.UnixAddr{Name: address, Net: network}))
}

func callMessages(network, address string) {
	conn := connect(network, address)
	must(conn.Write([]byte("a message")))
	buffer := make([]byte, 256)
	n, err := conn.Read(buffer)
	fmt.Printf("%s, %t\n", buffer[:n], err == nil)
	if network != "unixpacket" {
		must(conn.Write(nil))
		n, err = conn.Read(buffer)
		fmt.Printf("%d, %t\n", n, err == nil)
	}
	conn.Close()
}

func main() {
	how, network, address := os.Args[1], os.Args[2], os.Args[3]
	isDatagram := network == "udp" || network == "unixgram"
	switch {
	case how == "serve" && isDatagram:
		serveDatagrams(network, address)
	case how == "serve":
		serve(network, address)
	case network == "tcp":
		callStream(network, address)
	default:
		callMessages(network, address)
	}
}
