import Testing

@testable import StatusPage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite(.timeLimit(.minutes(5))) struct StaticPagesTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let pages = StaticPages(directory: repository.appending(path: "Public").path())

    @Test func aFolderThatDoesNotExistHasNoPages() {
        #expect(StaticPages(directory: "/nonexistent/confd").files.isEmpty)
    }

    @Test func nothingOnThePageComesFromAnotherHost() {
        for (path, file) in Self.pages.files {
            // The name of SVG looks like an address, and nothing is loaded by it.
            let text = String(decoding: file.bytes, as: UTF8.self).replacing("http://www.w3.org/2000/svg", with: "")
            #expect(!text.contains("http://") && !text.contains("https://"), "\(path)")
        }
    }
}
