import JobEngine
import NodeAgent
import Series
import Testing
import Values

struct SeriesFileTests {
    private let place = try? TemporaryInstallation()
    private let system = FailingFileSystem()
    private let cpu = SeriesID("node:11", .cpuRatio)

    private var book: SeriesBook {
        var book = SeriesBook()
        book.take([cpu: 0.5], at: Timestamp(minutes: 29_000_000))
        return book
    }

    private func file() throws -> (file: SeriesFile, path: String) {
        let folder = try #require(place).root.spool + "/jobs"
        return (SeriesFile(in: folder, files: system), folder + "/series")
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let (file, path) = try file()
        let none = file.read()
        #expect(none.book.series.isEmpty && none.note == nil)
        try file.write(book.file)
        #expect(place?.mode(path) == 0o600)
        #expect(file.read().book.extents == book.extents && file.read().note == nil)
    }

    @Test func aFileThatIsNoneIsPutAsideAndFiguresBeginAnew() throws {
        let (file, path) = try file()
        try file.write(book.file)
        for text in ["", "of somebody else", String(decoding: book.file.prefix(100), as: UTF8.self)] {
            try place?.write(text, to: path, mode: 0o600)
            let read = file.read()
            #expect(read.book.series.isEmpty && read.note?.contains("kept as series.unusable") == true, "\(read)")
            #expect(place?.text(path) == nil && place?.text(path + ".unusable") == text)
            #expect(file.read().note == nil)
        }
        try file.write(book.file)
        #expect(file.read().book.extents == book.extents)
    }

    @Test(arguments: 1...5)
    func aWriteThatFailsLeavesTheOldFile(_ step: Int) throws {
        let (file, _) = try file()
        try file.write(book.file)
        var later = book
        later.take([cpu: 1], at: Timestamp(minutes: 29_000_001))
        system.fail(.once(step))
        #expect(throws: InstallError.self) { try file.write(later.file) }
        system.fail(nil)
        #expect(file.read().book.extents == book.extents)
        try file.write(later.file)
        #expect(file.read().book.extents == later.extents)
    }

    @Test func theCountersOfThisMachineAreThere() {
        let counters = Machine.counters()
        #expect((counters.allTicks ?? 0) > 0 && (counters.memorySize ?? 0) > 0)
    }
}
