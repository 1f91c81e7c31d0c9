import Values

extension Notice {
    /// What a webhook is sent: the members with their names, moments as RFC 3339, and `text` for chats that show nothing else.
    package var body: [UInt8] {
        let members: [String: Value?] = [
            "id": .string(id), "topic": .string(topic), "event": .string(kind.rawValue),
            "severity": .string(severity.rawValue), "at": .string(Timestamp(milliseconds: at).description),
            "summary": .string(summary), "text": .string(subject), "cure": cure.map(Value.string),
            "object": object.map(Value.string),
            "since": since.map { .string(Timestamp(milliseconds: $0).description) }, "job": job.map(Value.string),
            "node": node.map(Value.int), "cluster": cluster.map(Value.string),
        ]
        return JSON.bytes(.members(members))
    }

    /// One line that says what it is.
    var subject: String {
        let place = cluster.map { "[\($0)] " } ?? ""
        let word =
            switch kind {
            case .raised, .failed, .repeated: severity.rawValue.uppercased()
            case .cleared: "OVER"
            case .test: "TEST"
            }
        return "\(place)\(word) \(object.map { "\($0): " } ?? "")\(summary)"
    }

    /// A mail as RFC 5322 has it, of plain text.
    ///
    /// - Parameter sender: The mailbox it comes from; `nil` for whatever the program that sends it puts there.
    func mail(from sender: String?, to recipient: String) -> [UInt8] {
        let lines: [String?] = [
            summary, "", cure.map { "What to do: \($0)" }, object.map { "Object: \($0)" }, job.map { "Job: \($0)" },
            node.map { "Node: \($0)" }, "At: \(Timestamp(milliseconds: at))",
            since.map { "Since: \(Timestamp(milliseconds: $0))" }, "Topic: \(topic)",
        ]
        let head = [
            sender.map { "From: confd <\($0)>" }, "To: <\(recipient)>", "Subject: \(Self.word(subject))",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
            // Nobody's absence is to answer a machine.
            "Auto-Submitted: auto-generated",
        ]
        let text = Base64.encode(Array(lines.compactMap { $0 }.joined(separator: "\n").utf8))
        let folded = stride(from: 0, to: text.utf8.count, by: 76).map { text.dropFirst($0).prefix(76) }
        return Array((head.compactMap { $0 } + [""] + folded.map(String.init)).joined(separator: "\n").utf8) + [0x0A]
    }

    /// A text as a header may have it: encoded words of RFC 2047, short enough for a line each, so that no text of a cause
    /// becomes a field of its own.
    private static func word(_ text: String) -> String {
        var words: [String] = []
        var piece: [UInt8] = []
        for letter in String(text.prefix(200)) {
            let bytes = Array(String(letter).utf8.prefix(39))
            if piece.count + bytes.count > 39 {
                words.append("=?utf-8?B?\(Base64.encode(piece))?=")
                piece = []
            }
            piece += bytes
        }
        return (words + ["=?utf-8?B?\(Base64.encode(piece))?="]).joined(separator: "\n ")
    }
}
