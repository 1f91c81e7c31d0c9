import Glibc

/// Tries whether an address could be listened on.
struct PortProbe {
    let address: String
    let port: Int

    /// Why not.
    enum Fault: Hashable {
        /// Nothing on earth has that name, in the words of the resolver.
        case noAddress(String)
        /// What the system says of the address or the port, as `errno` has it.
        case refused(Int32)
    }

    /// `nil` when nothing is against it.
    var fault: Fault? {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address, String(port), &hints, &found)
        guard code == 0, let place = found else { return .noAddress(String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(found) }
        let descriptor = socket(place.pointee.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return .refused(errno) }
        defer { close(descriptor) }
        // As the daemon does: connections of a former one that linger are no obstacle.
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, place.pointee.ai_addr, place.pointee.ai_addrlen) == 0 else { return .refused(errno) }
        return listen(descriptor, 1) == 0 ? nil : .refused(errno)
    }
}
