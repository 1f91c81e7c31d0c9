package import Values

/// Something whoever asked for a job should know, although nothing is wrong with the request.
package struct JobWarning: Sendable, Hashable {
    /// A stable word for the kind of warning, such as `not-idempotent`.
    package let code: String
    /// A sentence for people that says what to look at.
    package let text: String

    /// `code` is for programs, `text` for people.
    package init(code: String, text: String) {
        self.code = code
        self.text = text
    }

    /// Members `code` and `text`.
    package var value: Value { ["code": .string(code), "text": .string(text)] }

    /// `nil` when the code or the text is absent.
    package init?(_ value: Value) {
        guard let code = value["code"]?.string, let text = value["text"]?.string else { return nil }
        self.init(code: code, text: text)
    }
}
