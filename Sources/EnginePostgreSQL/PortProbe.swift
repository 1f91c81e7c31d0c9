import Foundation

/// Finds out whether a port can be listened on, so that the caller is told of a taken one by name.
enum PortProbe {
    /// - Throws: `port-taken`.
    static func requireFree(_ port: Int, addresses: [String]) throws(EngineError) {
        guard let number = UInt16(exactly: port), number > 0 else {
            throw EngineError(.invalid, "\(port) is no port; give one from 1 to 65535.")
        }
        for address in addresses.isEmpty ? ["0.0.0.0"] : addresses where !canBind(address, number) {
            throw EngineError(.portTaken, "Port \(port) of \(address) is in use by another program.")
        }
    }

    private static func canBind(_ address: String, _ port: UInt16) -> Bool {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        // Addresses of another family are left to the server, which says what is wrong with them.
        guard inet_pton(AF_INET, address, &place.sin_addr) == 1 else { return true }
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard handle >= 0 else { return true }
        defer { close(handle) }
        var reuse: Int32 = 1
        setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        let bound = withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return bound == 0 || errno != EADDRINUSE
    }
}
