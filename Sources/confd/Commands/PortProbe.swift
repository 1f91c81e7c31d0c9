import Glibc

/// Tries whether an address could be listened on.
struct PortProbe {
    let address: String
    let port: Int

    /// What the system says against it, as `errno` has it; `nil` when nothing does.
    var fault: Int32? {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address, String(port), &hints, &found) == 0, let place = found else { return EADDRNOTAVAIL }
        defer { freeaddrinfo(found) }
        let descriptor = socket(place.pointee.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        // As the daemon does: connections of a former one that linger are no obstacle.
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, place.pointee.ai_addr, place.pointee.ai_addrlen) == 0 else { return errno }
        return listen(descriptor, 1) == 0 ? nil : errno
    }
}
