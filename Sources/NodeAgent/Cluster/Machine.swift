import Glibc
package import JobEngine

/// What this machine says about itself.
package enum Machine {
    /// When it was started, to the second; `nil` where the kernel does not tell.
    package static func bootTime() -> Timestamp? {
        guard let file = fopen("/proc/stat", "re") else { return nil }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var size = 0
        defer { free(line) }
        while getline(&line, &size, file) > 0 {
            guard let line, let seconds = seconds(String(cString: line)) else { continue }
            return Timestamp(milliseconds: seconds * 1000)
        }
        return nil
    }

    /// The number of a line such as `btime 1700000000`; other lines have none.
    private static func seconds(_ line: String) -> Int? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, words[0] == "btime" else { return nil }
        return Int(words[1]).flatMap { (0..<1 << 40).contains($0) ? $0 : nil }
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
