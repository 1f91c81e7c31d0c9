/// Where somebody is told.
package struct NotificationTarget: Sendable, Hashable, CustomStringConvertible {
    /// How.
    package enum Way: Sendable, Hashable {
        /// A POST to an address; `nil` for the one in the file `NAME.url` of the folder of secrets.
        case webhook(String?)
        /// A mail to an address.
        case mail(String)
    }

    /// What rules call it: letters, digits, `-` and `_`.
    package let name: String
    /// How it is told.
    package let way: Way

    /// What one has to be, for whoever writes one.
    package static let form =
        "NAME=https://host/path, NAME=http://host/path, NAME=webhook (with its address in the file NAME.url) or "
        + "NAME=mailto:address"

    private static let longest = 1000

    /// The target a text names; `nil` when it names none.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.longest, let mark = text.firstIndex(of: "=") else { return nil }
        name = String(text[..<mark])
        let place = String(text[text.index(after: mark)...])
        guard Self.isName(name) else { return nil }
        if place == "webhook" {
            way = .webhook(nil)
        } else if place.hasPrefix("mailto:") {
            let address = String(place.dropFirst("mailto:".count))
            guard Self.isMailbox(address) else { return nil }
            way = .mail(address)
        } else {
            // What opens the place does not belong where settings are shown.
            guard WebhookAddress(place)?.hasPassword == false else { return nil }
            way = .webhook(place)
        }
    }

    /// As settings name it.
    package var description: String {
        switch way {
        case .webhook(let address): "\(name)=\(address ?? "webhook")"
        case .mail(let address): "\(name)=mailto:\(address)"
        }
    }

    static func isName(_ text: some StringProtocol) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }

    /// Whether a text is a plain mailbox, which no program takes for an option or for several.
    package static func isMailbox(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && text.utf8.count <= 254 && !text.hasPrefix("-")
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.utf8.allSatisfy { byte in
                        switch byte {
                        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                        default: "._%+-".utf8.contains(byte)
                        }
                    }
            }
    }
}

/// What a target is told of: `NAME:SEVERITY` or `NAME:SEVERITY:TOPIC`, where a `*` at the end of the topic stands for any rest.
package struct NotificationRule: Sendable, Hashable, CustomStringConvertible {
    /// The target.
    package let target: String
    /// Nothing less bad is told.
    package let severity: Notice.Severity
    /// What is told, by topic.
    package let topic: String

    /// What one has to be, for whoever writes one.
    package static let form =
        "TARGET:SEVERITY or TARGET:SEVERITY:TOPIC, such as ops:warning or night:critical:finding.*"

    /// The rule a text is; `nil` when it is none.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), NotificationTarget.isName(parts[0]),
            let severity = Notice.Severity(rawValue: parts[1])
        else { return nil }
        let topic = parts.count == 3 ? parts[2] : "*"
        let isTopic = topic.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x61...0x7A: true
            default: "._-*".utf8.contains(byte)
            }
        }
        guard isTopic, !topic.isEmpty, !topic.dropLast().contains("*") else { return nil }
        (target, self.severity, self.topic) = (parts[0], severity, topic)
    }

    /// What holds for a target no rule names: everything from a warning on.
    init(everythingFor target: String) { (self.target, severity, topic) = (target, .warning, "*") }

    /// As settings write it.
    package var description: String { "\(target):\(severity.rawValue):\(topic)" }

    /// Whether a notice is told by it.
    func admits(_ notice: Notice) -> Bool {
        guard notice.severity >= severity else { return false }
        return topic.hasSuffix("*") ? notice.topic.hasPrefix(topic.dropLast()) : notice.topic == topic
    }
}
