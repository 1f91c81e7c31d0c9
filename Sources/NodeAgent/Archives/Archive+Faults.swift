import JobEngine

extension Archive {
    /// Fails unless rclone did what it was asked to.
    ///
    /// What a store elsewhere said is a stranger's to write, and may be meant for this machine alone: only words that stand
    /// here are told, and the number of its status.
    ///
    /// - Throws: `refused` for a store that cannot be reached, does not let us in or is full, else `failed`.
    func require(_ answer: ExternalProgram.Answer) throws(ActionError) {
        if answer.exitCode == 0 { return }
        let cause = Self.cause(answer.messages)
        let status = store.isElsewhere ? Self.status(in: cause) : nil
        let text = (status?.text ?? cause).lowercased()
        let fault = Self.faults.first { fault in fault.words.contains { text.contains($0.lowercased()) } }
        let said =
            if !store.isElsewhere {
                cause
            } else if let status {
                "the server answered \(status.number)"
            } else {
                fault?.words.filter { text.contains($0.lowercased()) }.joined(separator: ", ")
                    ?? "rclone ended with code \(answer.exitCode), for a reason the store gave in words of its own"
            }
        guard let fault else {
            throw .failed(code: answer.exitCode, message: "Archive volume \(name) could not be used: \(said)")
        }
        throw .refused(JobError(fault.code, "Archive volume \(name) \(fault.text): \(said)"))
    }

    /// What stores and the network say by what it means, whatever the case of its letters; rclone's exit codes do not tell it.
    private static let faults: [(code: JobError.Code, text: String, words: [String])] = [
        (
            .archiveDenied, "does not accept its user name, password or key",
            [
                "AccessDenied", "access denied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthenticationFailed",
                "unable to authenticate", "not logged in", "login incorrect", "530 ", "logon is invalid",
                "logon failure", "401 Unauthorized", "403 Forbidden", "status code: 403", "permission denied",
                "PERMISSION_DENIED", "private key should be a PEM", "JWT", "invalid_grant", "decode account key",
                "illegal base64", "credential",
            ]
        ),
        (
            .outOfSpace, "is full",
            ["no space left", "quota exceeded", "QuotaExceeded", "insufficient storage", "EntityTooLarge"]
        ),
        (
            .archiveUnreachable, "cannot be reached",
            [
                "connection refused", "connection reset", "no such host", "no route to host", "unreachable", "timeout",
                "timed out", "deadline exceeded", "EOF", "NoSuchBucket", "ContainerNotFound", "directory not found",
                "server misbehaving", "tls: ", "x509", "handshake failed", "503 Service Unavailable", "bad gateway",
            ]
        ),
    ]

    /// The status at the end of what a server answered, with the words behind it; `nil` when it did not answer, and for S3,
    /// whose codes say more. In front of it rclone tells the whole answer.
    private static func status(in text: String) -> (number: Int, text: String)? {
        guard let mark = text.ranges(of: ": ").last, !text[..<mark.lowerBound].hasSuffix("status code") else {
            return nil
        }
        let words = text[mark.upperBound...]
        let digits = words.prefix { $0 != " " }
        guard digits.utf8.count == 3, let number = Int(digits), (100...599).contains(number) else { return nil }
        return (number, String(words))
    }

    /// The end of what rclone said, without dates and what it had to repeat.
    private static func cause(_ messages: [String]) -> String {
        let start = messages.lastIndex { $0.contains("Failed to ") } ?? max(0, messages.count - 1)
        var text = messages.dropFirst(start).joined(separator: " ")
        for mark in ["last error was: ", "Failed to "] {
            if let range = text.firstRange(of: mark) {
                text = String(text[range.upperBound...])
                break
            }
        }
        return String(text.prefix(400))
    }
}
