package import Access
package import Application
import HTTPServer
import HTTPTypes
import Hummingbird
package import JobEngine
import NIOCore
import NIOHTTP1
import Values

extension Problem {
    /// The problem for whatever a route threw; `nil` when nobody foresaw it.
    package init?(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as JobError: self.init(error)
        case let error as AccessError: self.init(error)
        case is NIOTooManyBytesError: self.init(.bodyTooLarge, "The body is larger than this resource takes.")
        case is RequestBodyTimeout:
            self.init(.bodyTimeout, "The body did not arrive in time.")
            headers[.connection] = "close"
        case let shortage as BodyMemory.Shortage:
            self.init(.memoryShort, "There was no memory for the body in time; nothing was done.")
            headers[.retryAfter] = String(shortage.retryAfter)
        case let fault as BodyFault: self.init(fault)
        case is HTTPParserError:
            // Nobody can tell where the body ends, and so where the next request begins.
            self.init(.requestMalformed, TransportFault.malformed.message)
            headers[.connection] = "close"
        default: return nil
        }
    }

    /// The problem for an error of the job engine.
    package init(_ error: JobError) {
        self.init(
            .job(error.code), error.message,
            faults: error.faults.map { Fault(.pointer($0.pointer), $0.code.rawValue, detail: $0.text) },
            details: error.details)
        if entry.isRetryable { headers[.retryAfter] = error.code == .outOfSpace ? "60" : "1" }
    }

    /// The problem for members of a body that cannot be used.
    package init(_ error: InvalidInput) {
        self.init(
            .bodyInvalid, error.faults.map(\.text).joined(separator: " "),
            faults: error.faults.map { Fault(.pointer($0.pointer), $0.code, detail: $0.text) })
    }

    /// The problem for a body that is packed in a way that is not read.
    private init(_ fault: BodyFault) {
        switch fault {
        case .unknownCoding: self.init(.unsupportedMediaType, fault.message)
        case .damaged: self.init(.bodyMalformed, fault.message)
        }
        headers = fault.headers
    }

    /// The problem for an error of the login service.
    package init(_ error: AccessError) {
        self.init(ProblemCode(error), error.message)
        if let seconds = error.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        switch error {
        case .authenticationFailed: headers.append(contentsOf: Self.challenges)
        case .forbidden(let groups): details["allowed_groups"] = .strings(groups)
        case .rateLimited, .unavailable, .outOfSpace, .noMaster: break
        }
    }

    private static let challenges: [HTTPField] = [
        HTTPField(name: .wwwAuthenticate, value: #"Basic realm="confd", charset="UTF-8""#),
        HTTPField(name: .wwwAuthenticate, value: #"Bearer realm="confd""#),
    ]
}
