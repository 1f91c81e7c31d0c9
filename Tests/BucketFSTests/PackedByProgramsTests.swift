import Foundation
import Glibc
import Posix
import Support
import Testing

@testable import BucketFS

/// Archives as the programs people use make them.
struct PackedByProgramsTests {
    /// What was read of an entry.
    struct Found: Equatable {
        let name: String
        var content = ""
        var target: String?
        var isExecutable = false
    }

    private static let long = String(repeating: "long/", count: 30) + "name.txt"
    private static let large = String(repeating: "0123456789", count: 20_000)

    /// A tree with all that archives of code are made of.
    private static func lay(in folder: URL) throws {
        let files = FileManager.default
        func write(_ name: String, _ text: String, mode: Int = 0o644) throws {
            let path = folder.appending(path: name)
            try files.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: path)
            try files.setAttributes([.posixPermissions: mode], ofItemAtPath: path.path)
        }
        try write("empty", "")
        try write("bin/run", "#!/bin/sh\n", mode: 0o755)
        try write("data/größe", large)
        try files.createSymbolicLink(atPath: folder.path + "/latest", withDestinationPath: "bin/run")
    }

    private static var expected: [Found] {
        [
            Found(name: "bin/run", content: "#!/bin/sh\n", isExecutable: true),
            Found(name: "data/größe", content: large),
            Found(name: "empty"), Found(name: "latest", target: "bin/run"),
        ]
    }

    // Tar

    @Test(
        .enabled(if: Program("tar") != nil, "needs tar"), arguments: ["gnu", "pax", "posix", "ustar", "v7", "oldgnu"])
    func aTarArchiveOfEachFormIsReadWhole(form: String) throws {
        try withFolder { folder in
            let tree = folder.appending(path: "tree")
            try FileManager.default.createDirectory(at: tree, withIntermediateDirectories: true)
            try Self.lay(in: tree)
            let found = try Self.packed(form, tree, into: folder)
            #expect(found.sorted { $0.name < $1.name } == Self.expected)
        }
    }

    @Test(.enabled(if: Program("tar") != nil, "needs tar"), arguments: ["gnu", "pax"])
    func longNamesAndLinksToThemAreWhole(form: String) throws {
        try withFolder { folder in
            let tree = folder.appending(path: "tree")
            let path = tree.appending(path: Self.long)
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("deep".utf8).write(to: path)
            try FileManager.default.createSymbolicLink(atPath: tree.path + "/short", withDestinationPath: Self.long)
            #expect(link(path.path, tree.path + "/twin") == 0)
            let found = try Self.packed(form, tree, into: folder)
            let expected = [
                Found(name: Self.long, content: "deep"), Found(name: "short", target: Self.long),
                Found(name: "twin", target: "hard \(Self.long)"),
            ]
            #expect(found.sorted { $0.name < $1.name } == expected)
        }
    }

    /// The files and links of a tree, packed in names' order.
    private static func packed(_ form: String, _ tree: URL, into folder: URL) throws -> [Found] {
        let archive = folder.appending(path: "archive.tar")
        let made = try #require(Program("tar")).run([
            "--create", "--format", form, "--sort", "name", "--file", archive.path, "--directory", tree.path, ".",
        ])
        try #require(made.status == 0)
        let reader = TarReader(HeldBytes([UInt8](try Data(contentsOf: archive))))
        var found: [Found] = []
        while let entry = try reader.next() {
            guard var item = item(entry) else { continue }
            var content: [UInt8] = []
            try reader.copyContent { content += $0 }
            item.content = String(decoding: content, as: UTF8.self)
            found.append(item)
        }
        return found
    }

    /// What an entry is, without its content; `nil` for a folder.
    private static func item(_ entry: ArchiveEntry) -> Found? {
        let name = entry.name.hasPrefix("./") ? String(entry.name.dropFirst(2)) : entry.name
        return switch entry.kind {
        case .folder: nil
        case .file(_, let isExecutable): Found(name: name, isExecutable: isExecutable)
        case .link(let target): Found(name: name, target: target)
        case .hardLink(let target): Found(name: name, target: "hard \(target.dropFirst(2))")
        }
    }

    // Zip

    /// Python's module packs the tree: stored or deflated, in the 64-bit form, or as a stream that tells sizes afterwards.
    private static let script = """
        import os, sys, zipfile
        form, tree, file = sys.argv[1:]
        class Stream:
            def __init__(self, inner): self.inner = inner
            def write(self, data): return self.inner.write(data)
            def flush(self): self.inner.flush()
        method = zipfile.ZIP_STORED if form == "stored" else zipfile.ZIP_DEFLATED
        with open(file, "wb") as out:
            with zipfile.ZipFile(Stream(out) if form == "streamed" else out, "w", method) as archive:
                for folder, _, names in os.walk(tree):
                    for name in names:
                        path = os.path.join(folder, name)
                        info = zipfile.ZipInfo(os.path.relpath(path, tree))
                        info.external_attr = os.lstat(path).st_mode << 16
                        info.compress_type = method
                        data = os.readlink(path).encode() if os.path.islink(path) else open(path, "rb").read()
                        with archive.open(info, "w", force_zip64=form == "wide") as member: member.write(data)
        """

    @Test(
        .enabled(if: Program("python3") != nil, "needs python3"), arguments: ["stored", "deflated", "wide", "streamed"])
    func aZipArchiveOfEachFormIsReadWhole(form: String) throws {
        try withFolder { folder in
            let (tree, archive) = (folder.appending(path: "tree"), folder.appending(path: "archive.zip"))
            try FileManager.default.createDirectory(at: tree, withIntermediateDirectories: true)
            try Self.lay(in: tree)
            let made = try #require(Program("python3")).run(["-c", Self.script, form, tree.path, archive.path])
            try #require(made.status == 0)
            let file = try Descriptor.file(archive.path, O_RDONLY)
            var found: [Found] = []
            try ZipReader(file, size: Int(file.look().st_size)).forEach { (entry, content) throws(ArchiveFault) in
                guard var item = Self.item(entry) else { return }
                if case .file = entry.kind {
                    var bytes: [UInt8] = []
                    try content { bytes += $0 }
                    item.content = String(decoding: bytes, as: UTF8.self)
                }
                found.append(item)
            }
            #expect(found.sorted { $0.name < $1.name } == Self.expected)
        }
    }
}
