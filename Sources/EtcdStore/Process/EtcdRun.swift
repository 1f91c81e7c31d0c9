import Glibc
import Posix

/// One process of etcd: a number alone can be given to another process, this cannot.
package struct EtcdRun: Sendable, Hashable {
    /// The process.
    package let id: Int32
    /// Clock ticks from the start of the machine to that of the process.
    package let startedTicks: Int

    /// Takes numbers as they are.
    package init(id: Int32, startedTicks: Int) {
        (self.id, self.startedTicks) = (id, startedTicks)
    }

    /// What a pid file says; `nil` for what is none.
    init?(reading bytes: [UInt8]) {
        let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let id = Int32(words[0]), id > 1, let ticks = Int(words[1]), ticks >= 0 else {
            return nil
        }
        self.init(id: id, startedTicks: ticks)
    }

    /// As it stands in a pid file.
    var bytes: [UInt8] { Array("\(id) \(startedTicks)\n".utf8) }
}

/// What the system tells of a process.
struct ProcessFacts: Sendable, Hashable {
    var run: EtcdRun
    /// The user it runs as.
    var user: uid_t
    /// Its program; where an update has replaced that meanwhile, the path it had.
    var program: String
    /// Its name and what follows.
    var arguments: [String]

    init(_ run: EtcdRun, user: uid_t, program: String, arguments: [String]) {
        (self.run, self.user, self.program, self.arguments) = (run, user, program, arguments)
    }

    /// `nil` for no process, one that has ended, and one that may not be looked at.
    init?(of id: Int32) {
        var found = stat()
        guard let run = Self.run(id), stat("/proc/\(id)", &found) == 0,
            let program = Path.target(ofLink: "/proc/\(id)/exe"), let line = Self.content("/proc/\(id)/cmdline")
        else { return nil }
        let gone = " (deleted)"
        let path = program.hasSuffix(gone) ? String(program.dropLast(gone.count)) : program
        self.init(
            run, user: found.st_uid, program: path,
            arguments: line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
    }

    /// All processes that may be looked at.
    static func all() -> [ProcessFacts] {
        let names = (try? Tree.names(in: Descriptor.trusted("/proc"))) ?? []
        return names.compactMap { Int32($0) }.compactMap { ProcessFacts(of: $0) }
    }

    /// The process of a number; `nil` for none, and for one that has ended and was not waited for.
    static func run(_ id: Int32) -> EtcdRun? {
        guard id > 0, let bytes = content("/proc/\(id)/stat") else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        // The name stands in brackets, and may hold brackets and blanks itself.
        guard let bracket = text.lastIndex(of: ")") else { return nil }
        let members = text[text.index(after: bracket)...].split(separator: " ")
        guard members.count > 19, !["Z", "X", "x"].contains(members[0]), let ticks = Int(members[19]) else {
            return nil
        }
        return EtcdRun(id: id, startedTicks: ticks)
    }

    private static func content(_ path: String) -> [UInt8]? {
        // Files of /proc have no places to read from.
        guard let file = try? Descriptor.file(path, O_RDONLY) else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 128 * 1024 {
            let count = read(file.number, &buffer, buffer.count)
            if count < 0 { return nil }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}

/// How the process of a member is told from any other.
struct EtcdClaim: Sendable, Hashable {
    /// The program, links followed.
    var program: String
    /// The account it has to run as.
    var user: uid_t
    var identity: EtcdIdentity
    var data: String

    /// Whether a process is the etcd of this member: the program, the account, the name and the data folder.
    func covers(_ facts: ProcessFacts) -> Bool {
        facts.program == program && facts.user == user && facts.arguments.contains(EtcdCommandLine.name(identity))
            && facts.arguments.contains(EtcdCommandLine.data(data))
    }
}
