import Foundation

/// Finds out whether a port can be listened on, so that the caller is told of a taken one by name.
enum PortProbe {
    /// - Throws: `port-taken`, or `invalid` for one this user may not listen on.
    static func requireFree(_ port: Int, addresses: [String]) throws(EngineError) {
        guard let number = UInt16(exactly: port), number > 0 else {
            throw EngineError(.invalid, "\(port) is no port; give one from 1 to 65535.")
        }
        try requireAllowed(port, addresses: addresses)
        for address in addresses.isEmpty ? ["0.0.0.0"] : addresses where error(address, number) == EADDRINUSE {
            throw EngineError(.portTaken, "Port \(port) of \(address) is in use by another program.")
        }
    }

    /// - Throws: `invalid` for a port this user may not listen on, taken or not; no port at all is fine.
    static func requireAllowed(_ port: Int, addresses: [String]) throws(EngineError) {
        guard let number = UInt16(exactly: port), number > 0 else { return }
        for address in addresses.isEmpty ? ["0.0.0.0"] : addresses where error(address, number) == EACCES {
            throw EngineError(
                .invalid,
                "Port \(port) of \(address): permission denied for user \(NSUserName()); ports below 1024 are root's.")
        }
    }

    /// What listening there would end with; 0 when nothing is against it.
    private static func error(_ address: String, _ port: UInt16) -> Int32 {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        // Addresses of another family are left to the server, which says what is wrong with them.
        guard inet_pton(AF_INET, address, &place.sin_addr) == 1 else { return 0 }
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard handle >= 0 else { return 0 }
        defer { close(handle) }
        var reuse: Int32 = 1
        setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        let bound = withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return bound == 0 ? 0 : errno
    }
}
