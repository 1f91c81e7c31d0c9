import Glibc
import Posix

/// Who listens on a port of this machine.
package enum PortHolder {
    /// A program that listens on a TCP port of any address of this machine, in words such as `postgres (process 4711)`;
    /// `nil` when nobody does.
    package static func of(_ port: Int) -> String? {
        let sockets = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { listeners(on: port, in: $0) }
        guard let first = sockets.first else { return nil }
        return program(with: Set(sockets)) ?? "another program (socket \(first))"
    }

    /// The process that listens on a port; `nil` when nobody does, or nobody we may look at.
    package static func process(on port: Int) -> Int? {
        let sockets = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { listeners(on: port, in: $0) }
        return sockets.isEmpty ? nil : process(with: Set(sockets)).flatMap { Int($0) }
    }

    /// Numbers of the listening sockets on a port.
    private static func listeners(on port: Int, in path: String) -> [String] {
        lines(of: path).compactMap { line in
            let fields = line.split(separator: " ")
            // local_address is HEX:PORT, st 0A is LISTEN.
            guard fields.count > 9, fields[3] == "0A", let colon = fields[1].lastIndex(of: ":"),
                Int(fields[1][fields[1].index(after: colon)...], radix: 16) == port
            else { return nil }
            return String(fields[9])
        }
    }

    private static func program(with sockets: Set<String>) -> String? {
        process(with: sockets).map { "\(lines(of: "/proc/\($0)/comm").first ?? "a program") (process \($0))" }
    }

    private static func process(with sockets: Set<String>) -> String? {
        names(in: "/proc").first { process in
            guard Int(process) != nil else { return false }
            let folder = "/proc/\(process)/fd"
            return names(in: folder).contains { name in
                guard let target = link("\(folder)/\(name)"), target.hasPrefix("socket:[") else { return false }
                return sockets.contains(String(target.dropFirst("socket:[".count).dropLast()))
            }
        }
    }

    private static func lines(of path: String) -> [String] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&block, 1, block.count, file)
            if count <= 0 { break }
            bytes += block.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static func names(in folder: String) -> [String] {
        (try? Tree.names(in: Descriptor.trusted(folder))) ?? []
    }

    private static func link(_ path: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = readlink(path, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
