import HTTPTypes
import StatusPage
import Testing

@testable import Gateway
@testable import RESTAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite(.timeLimit(.minutes(5))) struct DocumentsTests {
    /// A site of three files in a folder that is removed after the work.
    private func site(_ work: @Sendable (StaticPages) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "confd-docs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder.appending(path: "css"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("<title>all</title>".utf8).write(to: folder.appending(path: "index.html"))
        try Data("body {}".utf8).write(to: folder.appending(path: "css/site.css"))
        try Data("secret".utf8).write(to: folder.appending(path: ".hidden"))
        try await work(StaticPages(directory: folder.path()))
    }

    @Test func theyAreServedWithoutALoginAndKeepThePolicyOfPages() async throws {
        try await site { (documents) async throws in
            try await GatewayFixture.running(documents: documents) { (fixture) async throws in
                let first = try await fixture.send(.get, "/docs")
                #expect(first.status == 302 && first.headers[.location] == "/docs/index.html")
                let page = try await fixture.send(.get, "/docs/index.html")
                #expect(page.status == 200 && page.body == "<title>all</title>")
                #expect(page.headers[.contentType] == "text/html; charset=utf-8")
                #expect(page.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
                let style = try await fixture.send(.get, "/docs/css/site.css")
                let tag = try #require(style.headers[.eTag])
                #expect(try await fixture.send(.get, "/docs/css/site.css", headers: [.ifNoneMatch: tag]).status == 304)
            }
        }
    }

    @Test(arguments: ["/docs/.hidden", "/docs/nothing.html", "/docs/../index.html", "/docs/%2e%2e/index.html"])
    func nothingElseIsReachedBelowThem(_ path: String) async throws {
        try await site { (documents) async throws in
            try await GatewayFixture.running(documents: documents) { (fixture) async throws in
                #expect(try await fixture.send(.get, path).status == 404)
            }
        }
    }

    @Test func whereTheyAreNotInstalledTheAnswerSaysHowToGetThem() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let answer = try await fixture.send(.get, "/docs")
            #expect(answer.status == 404 && answer.body.contains("http.docs"))
        }
    }
}
