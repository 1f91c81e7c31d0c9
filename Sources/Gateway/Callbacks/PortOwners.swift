import Glibc

/// Whose programs listen on a TCP port of this machine.
enum PortOwners {
    /// Numeric ids of accounts; none when nobody listens.
    static func of(_ port: Int) -> Set<Int> {
        Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap(lines).compactMap { owner(in: $0, of: port) })
    }

    /// The account a line names when it is of a socket that listens on the port (proc(5)).
    static func owner(in line: Substring, of port: Int) -> Int? {
        let fields = line.split(separator: " ")
        // local_address is HEX:PORT, st 0A is LISTEN.
        guard fields.count > 7, fields[3] == "0A", let number = fields[1].split(separator: ":").last,
            Int(number, radix: 16) == port
        else { return nil }
        return Int(fields[7])
    }

    private static func lines(of path: String) -> [Substring] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var lines: [Substring] = []
        var line: UnsafeMutablePointer<CChar>?
        var size = 0
        defer { free(line) }
        while getline(&line, &size, file) > 0, let line { lines.append(String(cString: line)[...]) }
        return lines
    }
}
