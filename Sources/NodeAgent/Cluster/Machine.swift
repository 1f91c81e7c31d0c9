import Glibc
import JobEngine
package import Values

/// What this machine says about itself.
package enum Machine {
    /// When it was started, a container when its first process was; `nil` where the kernel does not tell.
    package static func bootTime() -> Timestamp? {
        var now = timespec()
        var running = timespec()
        guard clock_gettime(CLOCK_REALTIME, &now) == 0, clock_gettime(CLOCK_BOOTTIME, &running) == 0 else { return nil }
        // The kernel of a container began long before, and goes on when the container is started anew.
        return Timestamp(milliseconds: now.milliseconds - running.milliseconds + (firstProcessStart() ?? 0))
    }

    /// The milliseconds from the start of the kernel to that of process 1.
    private static func firstProcessStart() -> Int? {
        guard let file = fopen("/proc/1/stat", "re") else { return nil }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var size = 0
        defer { free(line) }
        guard getline(&line, &size, file) > 0, let line else { return nil }
        // Field 22 of proc(5), where the second field is a name in parentheses that may hold blanks and parentheses.
        let words = String(cString: line).split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = sysconf(Int32(_SC_CLK_TCK))
        guard words.count > 19, ticks > 0, let start = Int(words[19]), (0..<1 << 40).contains(start) else { return nil }
        return start * 1000 / ticks
    }

    /// The addresses of all its interfaces, of four or sixteen bytes each, in network order.
    package static func addresses() -> Set<[UInt8]> {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var addresses: Set<[UInt8]> = []
        var next = first
        while let interface = next {
            if let address = interface.pointee.ifa_addr, let bytes = bytes(of: address) { addresses.insert(bytes) }
            next = interface.pointee.ifa_next
        }
        return addresses
    }

    private static func bytes(of address: UnsafeMutablePointer<sockaddr>) -> [UInt8]? {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) { Array($0) }
        case AF_INET6:
            return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) }
        default: return nil
        }
    }
}

extension timespec {
    fileprivate var milliseconds: Int { tv_sec * 1000 + tv_nsec / 1_000_000 }
}
