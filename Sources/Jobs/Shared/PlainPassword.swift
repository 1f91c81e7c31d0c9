import EXAConf
import JobEngine
import Values

/// What a password given as plain text must be: not empty, and one line without control characters.
enum PlainPassword {
    static func check(_ text: String, of parameter: String) throws(JobError) {
        guard !text.isEmpty else {
            throw .invalid(parameter, "'\(parameter)' must not be empty.")
        }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .invalid(parameter, "'\(parameter)' must not contain a line break or another control character.")
        }
    }
}

extension Arguments {
    /// A password as the file keeps it, base64; one that is encoded already stays as it is. `nil` when it was left out.
    func encodedPassword(_ name: String) throws(JobError) -> String? {
        guard let text = string(name) else { return nil }
        try PlainPassword.check(text, of: name)
        let stored = EncodedPassword.stored(text)
        // The lenient test for base64 skips foreign characters; what the file cannot hold was plain text after all.
        return StorableText.fault(of: stored) == nil ? stored : Base64.encode(text.utf8)
    }
}
