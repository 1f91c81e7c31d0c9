import Glibc
import Posix

/// An open way to a collector. Its calls block, for a few seconds at most.
struct CollectorSocket: Sendable {
    private let descriptor: Descriptor
    private let isStream: Bool

    private static let patience = timeval(tv_sec: 5, tv_usec: 0)
    /// In milliseconds.
    private static let step: Int32 = 10
    private static let mostSteps = 500

    /// Connects to the collector; of several addresses the first that works.
    init(_ destination: AuditDestination) throws(CollectorFault) {
        isStream = destination.isStream
        switch destination {
        case .unix, .journal: descriptor = try Self.local(destination.socket ?? "")
        case .udp(let host, let port), .tcp(let host, let port):
            descriptor = try Self.remote(host, port, isStream: destination.isStream)
        }
    }

    /// Hands one message over to the system.
    ///
    /// - Returns: False when it is too long for a datagram.
    func send(_ bytes: [UInt8]) throws(CollectorFault) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EMSGSIZE, !isStream { return false }
            guard count > 0 else { throw Self.fault() }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Waits until what was sent is acknowledged by the other machine, or would have been refused.
    func settle() throws(CollectorFault) {
        var left: Int32 = 0
        // A refusal of a datagram is told a moment later.
        if !isStream { _ = poll(nil, 0, 5 * Self.step) }
        for _ in 0..<Self.mostSteps where isStream {
            guard ioctl(descriptor.number, UInt(TIOCOUTQ), &left) == 0 else { throw Self.fault() }
            if left == 0 { break }
            _ = poll(nil, 0, Self.step)
        }
        try look()
        if left > 0 { throw CollectorFault("it takes nothing") }
    }

    /// Whether anything speaks against sending.
    func look() throws(CollectorFault) {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor.number, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else { throw Self.fault() }
        guard code == 0 else { throw CollectorFault("\(SystemFault(code))") }
        guard isStream else { return }
        // A collector says nothing; what is read is the end of the connection.
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor.number, &piece, piece.count, Int32(MSG_DONTWAIT))
            if count > 0 { continue }
            if count == 0 { throw CollectorFault("it has closed the connection") }
            if errno == EINTR { continue }
            guard errno == EAGAIN else { throw Self.fault() }
            return
        }
    }

    // MARK: Connecting

    private static func remote(_ host: String, _ port: Int, isStream: Bool) throws(CollectorFault) -> Descriptor {
        let kind = isStream ? SOCK_STREAM : SOCK_DGRAM
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICSERV
        hints.ai_socktype = Int32(kind.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &found)
        guard code == 0 else { throw CollectorFault("its name has no address: \(String(cString: gai_strerror(code)))") }
        defer { freeaddrinfo(found) }
        var fault = CollectorFault("its name has no address")
        var next = found
        while let place = next {
            do throws(CollectorFault) {
                let descriptor = try opened(place.pointee.ai_family, Int32(kind.rawValue))
                try connect(descriptor, to: place.pointee.ai_addr, length: place.pointee.ai_addrlen)
                return descriptor
            } catch {
                fault = error
            }
            next = place.pointee.ai_next
        }
        throw fault
    }

    private static func local(_ path: String) throws(CollectorFault) -> Descriptor {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw CollectorFault("its path is too long for a socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = try opened(AF_UNIX, Int32(SOCK_DGRAM.rawValue))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor.number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw fault() }
        return descriptor
    }

    private static func opened(_ family: Int32, _ kind: Int32) throws(CollectorFault) -> Descriptor {
        let descriptor: Descriptor
        do throws(SystemFault) {
            descriptor = try Descriptor(socket(family, kind | Int32(SOCK_CLOEXEC.rawValue), 0))
        } catch {
            throw CollectorFault("\(error)")
        }
        // It counts for connecting as well.
        var patience = Self.patience
        setsockopt(descriptor.number, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        return descriptor
    }

    private static func connect(
        _ descriptor: Descriptor, to address: UnsafePointer<sockaddr>?, length: socklen_t
    ) throws(CollectorFault) {
        guard Glibc.connect(descriptor.number, address, length) == 0 else { throw fault() }
    }

    /// What the last call said; a call that ran out of time says that it would go on.
    private static func fault() -> CollectorFault {
        let code = errno
        return CollectorFault(code == EAGAIN || code == EINPROGRESS ? "no answer" : "\(SystemFault(code))")
    }
}
