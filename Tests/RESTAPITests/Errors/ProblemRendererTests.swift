import HTTPServer
import HTTPTypes
import NIOCore
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite struct ProblemRendererTests {
    @Test(arguments: TransportFault.allCases)
    func whatTheTransportAnswersIsAProblem(fault: TransportFault) throws {
        let answer = ProblemRenderer().response(to: fault, at: "/jobs", requestID: "request-1")
        #expect(answer.status == fault.status)
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(answer.headers[.cacheControl] == "no-store")
        let problem = try JSON.parse(Array(answer.body.readableBytesView))
        #expect(problem["status"] == .int(fault.status.code))
        #expect(problem["detail"]?.string?.hasPrefix(fault.message) == true)
        #expect(problem["instance"] == "/jobs" && problem["request_id"] == "request-1")
    }

    @Test(arguments: TransportFault.allCases)
    func onlyOverTLSIsItPromisedToStayWithIt(fault: TransportFault) {
        let answer = ProblemRenderer().response(to: fault, at: "/", requestID: "request-1")
        #expect((answer.headers[.strictTransportSecurity] != nil) == (fault != .plainText))
    }
}
