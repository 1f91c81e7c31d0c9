import Access
import Application
import HTTPTypes
import JobEngine
import StatusPage
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite(.timeLimit(.minutes(5))) struct StaticPagesTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let pages = StaticPages(directory: repository.appending(path: "Public").path())

    @Test func aBrowserGetsTheStatusPageAndAProgramTheLinks() async throws {
        try await GatewayFixture.running(pages: Self.pages) { (fixture) async throws in
            let page = try await fixture.send(
                .get, "/", headers: [.accept: "text/html,application/xhtml+xml,*/*;q=0.8"])
            #expect(page.status == 200 && page.headers[.contentType] == "text/html; charset=utf-8")
            #expect(page.body.contains("<title>"))
            let links = try await fixture.send(.get, "/", headers: [.accept: "*/*"])
            #expect(try links.json()["links"]?["jobs"] == "/jobs")
        }
    }

    @Test func everyKindOfTheHistoryHasItsWordsOnThePage() throws {
        let page = try String(
            contentsOf: Self.repository.appending(path: "Public/views/history.js"), encoding: .utf8)
        #expect(HistoryService.kinds.filter { !page.contains("\n    \($0): \"") } == [])
    }

    @Test func thePagesFilesAreServedWithTheirTypes() async throws {
        try await GatewayFixture.running(pages: Self.pages) { (fixture) async throws in
            for (path, type) in [
                ("/base.css", "text/css"), ("/views/job.js", "text/javascript"), ("/main.js", "text/javascript"),
                ("/index.html", "text/html"),
            ] {
                let answer = try await fixture.send(.get, path, headers: [.accept: "image/png"])
                #expect(answer.status == 200 && answer.headers[.contentType] == "\(type); charset=utf-8")
                let tag = try #require(answer.headers[.eTag])
                #expect(try await fixture.send(.get, path, headers: [.ifNoneMatch: tag]).status == 304)
            }
        }
    }

    @Test func theFirstPageTellsTheStateOfTheNodeWithoutScripts() async throws {
        try await GatewayFixture.running(pages: Self.pages) { (fixture) async throws in
            for path in ["/", "/index.html"] {
                let page = try await fixture.send(.get, path, headers: [.accept: "text/html"])
                #expect(page.body.contains("ready for jobs") && page.body.contains("is the master"))
                #expect(page.body.contains(">1<"), "the revision")
                #expect(!page.body.contains("{{"))
            }
        }
    }

    @Test func whatFailsIsNamedOnTheFirstPage() async throws {
        try await GatewayFixture.running(isReady: false, pages: Self.pages) { (fixture) async throws in
            let page = try await fixture.send(.get, "/", headers: [.accept: "text/html"])
            #expect(page.status == 200 && page.body.contains("not ready") && page.body.contains("store: a detail"))
        }
    }

    @Test func thePageIsNeverRefusedForComingTooFast() async throws {
        var limits = RateLimits.none
        limits.strangers = RateLimit(perSecond: 1, burst: 1)
        try await GatewayFixture.running(pages: Self.pages, limits: limits) { (fixture) async throws in
            for path in ["/"] + Self.pages.files.keys {
                #expect(try await fixture.send(.get, path, headers: [.accept: "text/html"]).status == 200)
            }
        }
    }

    @Test func aScriptOfThePageIsOfferedNoBasicLogin() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let destination = try #require(HTTPField.Name("Sec-Fetch-Dest"))
            let script = try await fixture.get("/jobs", as: nil, headers: [destination: "empty"])
            #expect(script.headers[values: .wwwAuthenticate].map { $0.prefix(6) } == ["Bearer"])
            let program = try await fixture.get("/jobs", as: nil)
            #expect(program.headers[values: .wwwAuthenticate].count == 2)
        }
    }

    @Test(arguments: [
        "/../Package.swift", "/%2e%2e/Package.swift", "/..%2fPackage.swift", "/confd.css/..", "/.hidden", "/link.txt",
    ])
    func nothingOutsideTheFolderIsReached(_ path: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "confd-pages-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("secret".utf8).write(to: folder.appending(path: ".hidden"))
        try Data("body {}".utf8).write(to: folder.appending(path: "confd.css"))
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "link.txt"), withDestinationURL: Self.repository.appending(path: "Package.swift")
        )
        let pages = StaticPages(directory: folder.path())
        #expect(Set(pages.files.keys) == ["/confd.css"])
        try await GatewayFixture.running(pages: pages) { (fixture) async throws in
            #expect(try await fixture.send(.get, path).status == 404)
            #expect(try await fixture.send(.get, "/confd.css").status == 200)
        }
    }
}
