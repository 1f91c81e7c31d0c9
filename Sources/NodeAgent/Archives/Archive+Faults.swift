import JobEngine

extension Archive {
    /// Fails unless rclone did what it was asked to.
    ///
    /// - Throws: `refused` for a store that cannot be reached, does not let us in or is full, else `failed`.
    func require(_ answer: ExternalProgram.Answer) throws(ActionError) {
        if answer.exitCode == 0 { return }
        let cause = Self.cause(answer.messages)
        let said = store.hidingSecrets(in: store.tellsBodies ? Self.status(in: cause) ?? cause : cause)
        let fault = Self.faults.first { fault in fault.words.contains { said.lowercased().contains($0) } }
        guard let fault else {
            throw .failed(code: answer.exitCode, message: "Archive volume \(name) could not be used: \(said)")
        }
        throw .refused(JobError(fault.code, "Archive volume \(name) \(fault.text): \(said)"))
    }

    /// What stores and the network say, in lower case, by what it means; rclone's exit codes do not tell it.
    private static let faults: [(code: JobError.Code, text: String, words: [String])] = [
        (
            .archiveDenied, "does not accept its user name, password or key",
            [
                "accessdenied", "access denied", "invalidaccesskeyid", "signaturedoesnotmatch", "authenticationfailed",
                "unable to authenticate", "not logged in", "login incorrect", "530 ", "logon is invalid",
                "logon failure", "401 unauthorized", "403 forbidden", "status code: 403", "permission denied",
                "permission_denied", "private key should be a pem", "jwt", "invalid_grant", "decode account key",
                "illegal base64", "credential",
            ]
        ),
        (
            .outOfSpace, "is full",
            ["no space left", "quota exceeded", "quotaexceeded", "insufficient storage", "entitytoolarge"]
        ),
        (
            .archiveUnreachable, "cannot be reached",
            [
                "connection refused", "connection reset", "no such host", "no route to host", "unreachable", "timeout",
                "timed out", "deadline exceeded", "eof", "nosuchbucket", "containernotfound", "directory not found",
                "server misbehaving", "tls: ", "x509", "handshake failed", "503 service unavailable", "bad gateway",
            ]
        ),
    ]

    /// The status at the end of what a web server answered; `nil` when it did not answer. In front of it rclone tells the
    /// whole answer, which is a stranger's to write and may be meant for this machine alone.
    private static func status(in text: String) -> String? {
        guard let mark = text.ranges(of: ": ").last else { return nil }
        let words = text[mark.upperBound...]
        let number = words.prefix { $0 != " " }
        return number.utf8.count == 3 && Int(number) != nil ? "the server answered \(words)" : nil
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
