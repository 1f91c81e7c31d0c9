import EXAConf
import JobEngine
import NodeCommands

extension StorageView {
    /// Segments of a volume a node should keep and has no file for.
    func lost(on node: Int, of volume: Volume) -> [Int] {
        guard let layout = try? VolumeLayout(volume) else { return [] }
        let held = looks[node]?.volumes[volume.name]?.segments
        return layout.segments.filter { $0.node == node && held?[$0.id]?.present != true }.map(\.id)
    }
}
