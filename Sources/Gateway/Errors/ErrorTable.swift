package import HTTPTypes
import JobEngine
import Values

/// The one place that says what each error is called, which status it has and what to do about it.
///
/// HTTP answers, problem pages, the legacy APIs' result codes and the command line's exit status all come from here.
package enum ErrorTable {
    /// What is fixed for one code.
    package struct Entry: Sendable {
        /// The key of the row; no other row has it.
        package let code: ProblemCode
        /// As REST answers it; XML-RPC answers 200 for errors of jobs, whatever stands here.
        package let status: HTTPResponse.Status
        /// The kind of problem in a few words; the same at every occurrence.
        package let title: String
        /// Whether the same request can succeed later.
        package let isRetryable: Bool
        /// The command line's exit status.
        package let exitCode: Int
        /// How it comes about, for the problem's page.
        package let cause: String
        /// What to do about it, for the problem's page.
        package let cure: String

        /// Result code and name for ConfD's clients; `nil` for an error that is told by the HTTP status only.
        package var result: (code: Int, name: String)? {
            switch code {
            case .job(let code): code.refusal
            case .gateway(.rateLimited): (127, "RateLimited")
            case .gateway: nil
            }
        }
    }

    /// What is fixed for a code.
    package static func entry(_ code: ProblemCode) -> Entry {
        switch code {
        case .job(let code): entry(code)
        case .gateway(let code): entry(code)
        }
    }

    /// The entry a word names, `nil` for an unknown word.
    package static func entry(named name: String) -> Entry? { entriesByName[name] }

    private static let entriesByName = Dictionary(
        uniqueKeysWithValues: ProblemCode.all.map { ($0.name, entry($0)) })

    /// A row of the table: status, whether to try again, exit status, title, cause and cure.
    static func row(
        _ code: ProblemCode, _ status: HTTPResponse.Status, title: String, exit: Int = 1, retry: Bool = false,
        cause: String, cure: String
    ) -> Entry {
        Entry(
            code: code, status: status, title: title, isRetryable: retry, exitCode: exit, cause: cause, cure: cure)
    }
}
