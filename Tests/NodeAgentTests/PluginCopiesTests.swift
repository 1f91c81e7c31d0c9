import EXAConf
import Foundation
import JobEngine
import NodeAgent
import Testing

struct PluginCopiesTests {
    let place: TemporaryInstallation
    let copies: PluginCopies
    private static let section = "[Plugin: p1]\n    BucketFS = bfsdefault\n    Bucket = default\n    Dir = plugins"

    init() throws {
        place = try TemporaryInstallation()
        copies = PluginCopies(NodeAgent(node: 11, root: place.root, time: SteppingTime()))
    }

    private var folder: String { place.root.data + "/bucketfs/bfsdefault/default/plugins" }

    private func stock(_ name: String, _ content: String) throws {
        let stock = place.root.directory + "/plugins"
        try FileManager.default.createDirectory(atPath: stock, withIntermediateDirectories: true)
        try place.write(content, to: "\(stock)/\(name)")
    }

    private func configuration(_ revision: Int, _ parts: String...) throws -> DecidedConfiguration {
        let text = ([Configuration.node] + parts).joined(separator: "\n") + "\n"
        return DecidedConfiguration(try Document(parsing: text), revision: revision)
    }

    @Test func aNodeThatWasAwayComesToThePluginsOfTheOthers() async throws {
        try stock("p1", "content")
        try stock("p2", "another")
        let added = try configuration(1, Configuration.services, Self.section)
        try await copies.reconcile(from: nil, to: added)
        #expect(place.text(folder + "/p1") == "content")
        #expect(place.mode(place.root.etc + "/plugins.json") == 0o600)
        // It was away while another one took the place of it; what somebody else put there is nobody's to remove.
        try place.write("by hand", to: folder + "/p3")
        let again = PluginCopies(NodeAgent(node: 11, root: place.root, time: SteppingTime()))
        let other = Self.section.replacingOccurrences(of: "p1", with: "p2")
        try await again.reconcile(from: nil, to: configuration(4, Configuration.services, other))
        #expect(place.text(folder + "/p1") == nil)
        #expect(place.text(folder + "/p2") == "another")
        #expect(place.text(folder + "/p3") == "by hand")
        #expect(place.text(place.root.directory + "/plugins/p1") == "content")
    }

    @Test func whatIsThereIsLeftAlone() async throws {
        try stock("p1", "of the stock")
        try FileManager.default.createDirectory(atPath: folder + "/../.bucketfs", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try place.write("of the job", to: folder + "/p1")
        try await copies.reconcile(from: nil, to: configuration(1, Configuration.services, Self.section))
        #expect(place.text(folder + "/p1") == "of the job")
        // Once it is known as a plugin it goes as one.
        try await copies.reconcile(
            from: configuration(1, Configuration.services, Self.section), to: configuration(2, Configuration.services))
        #expect(place.text(folder + "/p1") == nil)
    }

    @Test func whatTheStockLacksIsToldUntilItIsThere() async throws {
        let added = try configuration(1, Configuration.services, Self.section)
        let fault = await #expect(throws: InstallError.self) { try await copies.reconcile(from: nil, to: added) }
        #expect(fault?.description.hasPrefix("1 plugins are not in their buckets") == true)
        #expect(!place.files.contains { $0.hasPrefix("data/") })
        try stock("p1", "content")
        try await copies.reconcile(from: nil, to: added)
        #expect(place.text(folder + "/p1") == "content")
    }

    @Test func aPluginOfABucketThatIsNotConfiguredIsNotPlaced() async throws {
        try stock("p1", "content")
        let elsewhere = Self.section.replacingOccurrences(of: "Bucket = default", with: "Bucket = gone")
        try await copies.reconcile(from: nil, to: configuration(1, Configuration.services, elsewhere))
        #expect(!place.files.contains { $0.hasPrefix("data/") })
    }

    @Test func aRecordThatCannotBeReadRemovesNothing() async throws {
        try stock("p1", "content")
        try await copies.reconcile(from: nil, to: configuration(1, Configuration.services, Self.section))
        try place.write("{", to: place.root.etc + "/plugins.json", mode: 0o600)
        let again = PluginCopies(NodeAgent(node: 11, root: place.root, time: SteppingTime()))
        await #expect(throws: InstallError.self) {
            try await again.reconcile(from: nil, to: configuration(2, Configuration.services))
        }
        #expect(place.text(folder + "/p1") == "content")
    }
}
