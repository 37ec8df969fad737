import socket


def relay(address):
    with socket.create_server(address) as server:
        while True:
            connection, _ = server.accept()
            with connection:
                connection.sendall(connection.recv(1024))


if __name__ == "__main__":
    relay(("", 9000))
