import JobEngine
import Values

/// The flags of a remote volume, as the program that moves backups takes them.
enum RemoteVolumeOption {
    /// Flags as help prints them; one with `=` takes a value.
    static let all = [
        "cleanvolume", "verbose", "noverifypeer", "nocompression", "noresume", "forcessl", "earlytls", "webdav",
        "webhdfs",
        "delegation_token=<token>", "user=<user>", "timeout=<timeout>", "proxy=<host:port>",
    ]

    /// One flag; values may hold what a list of the file may.
    static let shape: Shape = {
        let names = all.map { $0.split(separator: "=").map(String.init) }
        let flags = names.filter { $0.count == 1 }.map { $0[0] }.joined(separator: "|")
        let keys = names.filter { $0.count == 2 }.map { $0[0] }.joined(separator: "|")
        return .form(#"^(\#(flags)|(\#(keys))=[ -"$-+\x2D-~]*[!"$-+\x2D-~])$"#, like: "noverifypeer")
    }()

    /// The flags of the parameter `options` as one text, `nil` when it was left out.
    static func text(_ arguments: Arguments) throws(JobError) -> String? {
        try arguments.elements("options")?.joined(separator: ",")
    }
}
