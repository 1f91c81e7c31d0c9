package import Access
package import JobEngine

/// The kind of an error that only the gateway knows, by the stable word in `code` and in `/problems/<code>`.
package enum GatewayCode: String, Sendable, Hashable, CaseIterable {
    case authenticationFailed = "authentication-failed"
    case rateLimited = "rate-limited"
    case unavailable
    case crossSite = "cross-site"
    case csrfTokenInvalid = "csrf-token-invalid"
    case loginContinues = "login-continues"
    case notMaster = "not-master"
    case joining
    case redirectLostMethod = "redirect-lost-method"
    case pathNotFound = "path-not-found"
    case methodNotAllowed = "method-not-allowed"
    case queryInvalid = "query-invalid"
    case bodyMalformed = "body-malformed"
    case bodyInvalid = "body-invalid"
    case bodyTooLarge = "body-too-large"
    case bodyTimeout = "body-timeout"
    case memoryShort = "memory-short"
    case uriTooLong = "uri-too-long"
    case headerTimeout = "header-timeout"
    case requestMalformed = "request-malformed"
    case plainTextOnTLSPort = "plain-text-on-tls-port"
    case headersTooLarge = "headers-too-large"
    case unsupportedMediaType = "unsupported-media-type"
    case notAcceptable = "not-acceptable"
    case headerInvalid = "header-invalid"
    case cursorInvalid = "cursor-invalid"
    case cursorMismatch = "cursor-mismatch"
    case cursorExpired = "cursor-expired"
}

/// The code of any error a caller can be answered with, whichever room it comes from.
package enum ProblemCode: Sendable, Hashable {
    case job(JobError.Code)
    case gateway(GatewayCode)

    /// The word on the wire.
    package var name: String {
        switch self {
        case .job(let code): code.rawValue
        case .gateway(let code): code.rawValue
        }
    }

    /// The code of an error of the login service.
    package init(_ error: AccessError) {
        switch error {
        case .authenticationFailed: self = .gateway(.authenticationFailed)
        case .rateLimited: self = .gateway(.rateLimited)
        case .unavailable: self = .gateway(.unavailable)
        case .outOfSpace: self = .job(.outOfSpace)
        case .noMaster: self = .job(.noMaster)
        case .forbidden: self = .job(.permissionDenied)
        }
    }

    /// Every code there is.
    package static let all: [ProblemCode] =
        JobError.Code.allCases.map(ProblemCode.job) + GatewayCode.allCases.map(ProblemCode.gateway)
}
