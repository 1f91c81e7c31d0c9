import Glibc
import Values

/// Who sends messages.
package struct MessageSender: Sendable, Hashable {
    /// The name of this machine.
    let host: String
    /// The number of this process.
    let process: Int32

    /// A sender of these names.
    package init(host: String, process: Int32) {
        self.host = host
        self.process = process
    }

    /// This process.
    package static var own: MessageSender {
        var name = [CChar](repeating: 0, count: 256)
        let isKnown = gethostname(&name, name.count - 1) == 0
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return MessageSender(host: isKnown ? String(decoding: bytes, as: UTF8.self) : "", process: getpid())
    }
}

extension AuditMessage {
    /// "log audit" of RFC 5424.
    private static let facility = 13
    private static let application = "confd"
    // The number that RFC 5612 gives away to those who have none of their own.
    private static let structure = "confd@32473"

    /// The message in the form of RFC 5424.
    package func syslog(from sender: MessageSender) -> [UInt8] {
        var line = "<\(Self.facility * 8 + severity)>1 \(timestamp) \(Self.word(sender.host, 255)) \(Self.application)"
        line += " \(sender.process) \(Self.word(kind, 32)) [\(Self.structure)"
        for parameter in parameters {
            line += " \(parameter.name)=\"\(Self.escaped(parameter.plainValue))\""
        }
        return Array((line + "] ").utf8) + text
    }

    /// The message as a datagram of the journal's own protocol: a field a line, and the text with its length.
    package func journal() -> [UInt8] {
        var fields = "PRIORITY=\(severity)\nSYSLOG_FACILITY=\(Self.facility)\nSYSLOG_IDENTIFIER=\(Self.application)\n"
        for parameter in parameters {
            fields += "CONFD_AUDIT_\(parameter.name.uppercased())=\(parameter.plainValue)\n"
        }
        let length = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) }
        return Array((fields + "MESSAGE\n").utf8) + length + text + [UInt8(ascii: "\n")]
    }

    private static let latest = 253_402_300_799_999

    private var timestamp: String {
        guard let time, (0...Self.latest).contains(time) else { return "-" }
        return Timestamp(milliseconds: time).description
    }

    /// A word of printable ASCII, `-` for what is none.
    private static func word(_ text: String, _ longest: Int) -> String {
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return isPlain && !text.isEmpty && text.utf8.count <= longest ? text : "-"
    }

    private static func escaped(_ value: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            if scalar == "\"" || scalar == "\\" || scalar == "]" { escaped.append("\\") }
            escaped.append(scalar)
        }
        return String(escaped)
    }
}
