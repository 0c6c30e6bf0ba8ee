// The other end of an example: a client or a server, as net's documentation has them.
//
//	peer send NETWORK ADDRESS    sends its input, then prints what comes
//	peer greet NETWORK ADDRESS   prints where it listens, greets one client and prints what comes

package main

import (
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	var err error
	if os.Args[1] == "send" {
		err = send(os.Args[2], os.Args[3])
	} else {
		err = greet(os.Args[2], os.Args[3])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func send(network, address string) error {
	conn, err := net.Dial(network, address)
	if err != nil {
		return err
	}
	if _, err = io.Copy(conn, os.Stdin); err != nil {
		return err
	}
	if err = conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, conn)
	return err
}

func greet(network, address string) error {
	listener, err := net.Listen(network, address)
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	conn, err := listener.Accept()
	if err != nil {
		return err
	}
	if _, err = io.WriteString(conn, "hello from Go\n"); err != nil {
		return err
	}
	if _, err = io.Copy(os.Stdout, conn); err != nil {
		return err
	}
	return conn.Close()
}
