import Foundation
import HTTPTypes
import Hummingbird
import JobEngine
import NIOCore
import Testing

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct ContentCodingTests {
    @Test(arguments: [
        ([], false), (["gzip"], true), (["GZIP"], true), (["x-gzip"], true), (["*"], true), (["identity"], false),
        (["gzip;q=0"], false), (["gzip; q=0.5, identity; q=1"], false), (["gzip;q=1.0, identity;q=0.5"], true),
        (["br, deflate"], false), (["br", "gzip;q=0.1"], true), (["*;q=0"], false), (["gzip;q=x"], false),
        (["deflate, *;q=0.1"], true), ([""], false),
    ])
    func theCallersWeightsDecide(fields: [String], isWanted: Bool) {
        #expect(ContentCoding.prefersGzip(fields) == isWanted)
    }

    @Test func aLongTextIsCompressedAndSaysSo() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let plain = try await fixture.get("/openapi.json")
            let packed = try await fixture.get("/openapi.json", headers: [.acceptEncoding: "gzip"])
            #expect(plain.headers[.contentEncoding] == nil && plain.headers[.vary]?.contains("Accept-Encoding") == true)
            #expect(
                packed.headers[.contentEncoding] == "gzip" && packed.headers[.vary]?.contains("Accept-Encoding") == true
            )
            let length = try #require(packed.headers[.contentLength].flatMap(Int.init))
            #expect(length * 4 < plain.body.utf8.count)
        }
    }

    @Test func aShortAnswerStaysAsItIs() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer = try await fixture.get("/livez", headers: [.acceptEncoding: "gzip"])
            #expect(answer.headers[.contentEncoding] == nil && answer.body == "ok\n")
        }
    }

    @Test func theCompressedFormHasATagOfItsOwnThatIsUnderstood() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let gzip: HTTPFields = [.acceptEncoding: "gzip"]
            let plain = try #require(try await fixture.get("/openapi.json").headers[.eTag])
            let packed = try #require(try await fixture.get("/openapi.json", headers: gzip).headers[.eTag])
            #expect(packed != plain && !packed.hasPrefix("W/") && packed.hasSuffix("-gzip\""))
            for tag in [plain, packed] {
                let again = try await fixture.get(
                    "/openapi.json", headers: [.acceptEncoding: "gzip", .ifNoneMatch: tag])
                #expect(again.status == 304 && again.headers[.eTag] == tag && again.body.isEmpty)
            }
        }
    }

    @Test func aHeadHasTheFieldsOfTheAnswer() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let gzip: HTTPFields = [.acceptEncoding: "gzip"]
            let get = try await fixture.get("/openapi.json", headers: gzip)
            let head = try await fixture.send(.head, "/openapi.json", headers: gzip)
            #expect(head.status == 200 && head.body.isEmpty && head.headers[.eTag] == get.headers[.eTag])
            #expect(
                head.headers[.contentEncoding] == "gzip" && head.headers[.contentLength] == get.headers[.contentLength])
            let plain = try await fixture.send(.head, "/openapi.json")
            #expect(plain.headers[.contentLength] == String(try await fixture.get("/openapi.json").body.utf8.count))
        }
    }

    @Test func anAnswerWithASecretKeepsItsLength() async throws {
        let text = String(repeating: "token ", count: 1000)
        let request = Request(
            head: HTTPRequest(
                method: .get, scheme: nil, authority: nil, path: "/", headerFields: [.acceptEncoding: "gzip"]),
            body: RequestBody(buffer: ByteBuffer()))
        for (control, isPacked) in [("no-store, no-transform", false), ("no-store", true)] {
            var response = Reply.text(text, headers: [.cacheControl: control])
            try await ContentCoding.apply(to: &response, for: request)
            #expect((response.headers[.contentEncoding] == "gzip") == isPacked)
        }
    }

    @Test func aStreamIsLeftAlone() async throws {
        let request = Request(
            head: HTTPRequest(
                method: .get, scheme: nil, authority: nil, path: "/", headerFields: [.acceptEncoding: "gzip"]),
            body: RequestBody(buffer: ByteBuffer()))
        var response = Response(status: .ok, headers: [.contentType: "text/event-stream"], body: ResponseBody { _ in })
        try await ContentCoding.apply(to: &response, for: request)
        #expect(response.headers[.contentEncoding] == nil)
    }
}
