/// Zip archives byte by byte: as programs write them, and as only somebody hostile would.
package struct ZipSample: Sendable {
    /// A file in an archive. What its records say can be changed to something that is not so.
    package struct Member: Sendable {
        package var name: [UInt8]
        /// As it is packed.
        package var content: [UInt8]
        /// 0 for stored, 8 for deflated.
        package var method = 0
        package var flags = 0x800
        /// Of Unix, with the kind of file.
        package var mode = 0o100644
        package var extra: [UInt8] = []
        package var checksum: UInt32
        package var unpacked: Int
        package var packed: Int
        /// Of its header; `nil` for where it lies.
        package var offset: Int?

        /// A stored file.
        package init(_ name: String, _ content: String = "") {
            (self.name, self.content) = (Array(name.utf8), Array(content.utf8))
            checksum = PackedSample.checksum(content.utf8)
            (unpacked, packed) = (content.utf8.count, content.utf8.count)
        }

        /// A deflated file.
        package init(deflated name: String, _ content: [UInt8]) {
            self.init(name)
            (self.content, method) = (PackedSample.deflated(content), 8)
            checksum = PackedSample.checksum(content)
            (unpacked, packed) = (content.count, self.content.count)
        }

        package func with(_ change: (inout Member) -> Void) -> Member {
            var member = self
            change(&member)
            return member
        }

        /// Header and content.
        fileprivate var local: [UInt8] {
            number(0x0403_4B50, 4) + number(20, 2) + number(flags, 2) + number(method, 2) + number(0, 4)
                + number(Int(checksum), 4) + number(packed, 4) + number(unpacked, 4) + number(name.count, 2)
                + number(0, 2) + name + content
        }

        fileprivate func record(_ place: Int) -> [UInt8] {
            number(0x0201_4B50, 4) + number(0x0314, 2) + number(20, 2) + number(flags, 2) + number(method, 2)
                + number(0, 4) + number(Int(checksum), 4) + number(packed, 4) + number(unpacked, 4)
                + number(name.count, 2) + number(extra.count, 2) + number(0, 6) + number(mode << 16, 4)
                + number(offset ?? place, 4) + name + extra
        }
    }

    package var members: [Member]
    /// How many the end says there are; `nil` for as many as there are.
    package var count: Int?
    /// Bytes of the directory, and where it begins, as the end says; `nil` for what is so.
    package var length: Int?
    package var start: Int?
    /// Whether the end stands in the 64-bit form, too.
    package var isWide = false
    package var comment: [UInt8] = []

    package init(_ members: [Member]) { self.members = members }

    package func with(_ change: (inout ZipSample) -> Void) -> ZipSample {
        var sample = self
        change(&sample)
        return sample
    }

    package var bytes: [UInt8] {
        var (archive, directory): ([UInt8], [UInt8]) = ([], [])
        for member in members {
            directory += member.record(archive.count)
            archive += member.local
        }
        let numbers = (count ?? members.count, length ?? directory.count, start ?? archive.count)
        archive += directory
        if isWide {
            let place = archive.count
            archive += number(0x0606_4B50, 4) + number(44, 8) + number(0, 12) + number(numbers.0, 8)
            archive += number(numbers.0, 8) + number(numbers.1, 8) + number(numbers.2, 8)
            archive += number(0x0706_4B50, 4) + number(0, 4) + number(place, 8) + number(1, 4)
        }
        archive += number(0x0605_4B50, 4) + number(0, 4) + number(numbers.0, 2) + number(numbers.0, 2)
        return archive + number(numbers.1, 4) + number(numbers.2, 4) + number(comment.count, 2) + comment
    }

    /// An archive with the sum of each stored file made right, as far as the records of its directory can be found.
    package static func sealed(_ archive: [UInt8]) -> [UInt8] {
        var bytes = archive
        for start in bytes.indices.dropLast(45) where bytes[start...].starts(with: little(0x0201_4B50, 4)) {
            let (packed, place) = (read(bytes, start + 20, 4), read(bytes, start + 42, 4))
            guard place + 30 <= bytes.count else { continue }
            let content = place + 30 + read(bytes, place + 26, 2) + read(bytes, place + 28, 2)
            guard content <= bytes.count, packed <= bytes.count - content else { continue }
            let sum = PackedSample.checksum(bytes[content..<content + packed])
            TarSample.put(little(Int(sum), 4), in: start + 16..<start + 20, of: &bytes)
        }
        return bytes
    }

    /// The bytes of a number, the least in front.
    package static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 < 8 ? value >> (8 * $0) : 0) }
    }

    private static func read(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
        bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}

private func number(_ value: Int, _ count: Int) -> [UInt8] { ZipSample.little(value, count) }
