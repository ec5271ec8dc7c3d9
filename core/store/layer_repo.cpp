#include "core/base/text_util.h"
#include "core/store/repositories.h"
#include "core/store/sql.h"

namespace crux::store {

namespace {

constexpr std::string_view kLayerColumns =
    "SELECT l.id, l.name, l.kind, l.low_means, l.high_means, l.source, l.minimum, l.maximum";

LayerRecord readLayer(const Query& row) {
    LayerRecord layer;
    layer.id = row.id<LayerId>(0);
    layer.name = row.text(1);
    layer.kind = row.text(2);
    layer.lowMeans = row.text(3);
    layer.highMeans = row.text(4);
    layer.source = row.text(5);
    layer.minimum = row.real(6);
    layer.maximum = row.real(7);
    return layer;
}

} // namespace

Result<LayerId> addLayer(const Project& project, const LayerRecord& layer) {
    return writingValue<LayerId>(project, [&]() -> Result<LayerId> {
        Query find(project, "SELECT id FROM layer WHERE name = ? AND kind = ? AND source = ?");
        if (find.bindAll(layer.name, layer.kind, layer.source).step())
            return find.id<LayerId>(0);
        Query row(project, "INSERT INTO layer(name, kind, source, low_means, high_means, minimum,"
                           " maximum) VALUES (?,?,?,?,?,?,?)");
        row.bindAll(layer.name, layer.kind, layer.source, layer.lowMeans, layer.highMeans,
                    layer.minimum, layer.maximum);
        row.run();
        return LayerId{lastRow(project)};
    });
}

Status saveLayerValues(const Project& project, LayerId layer, TrajectoryId trajectory,
                       const std::vector<float>& values) {
    return writing(project, [&]() -> Status {
        {
            Query tokens(project, "SELECT length(ids) / 4 FROM trajectory_tokens WHERE id = ?");
            const std::int64_t count = tokens.bind(trajectory.value).step() ? tokens.integer(0) : 0;
            if (count != static_cast<std::int64_t>(values.size()))
                return fail(ErrorCode::Mismatch,
                            cat(values.size(), " layer values do not fit the ", count,
                                " tokens of trajectory ", trajectory.value));
        }
        Query row(project, "INSERT OR REPLACE INTO layer_values(layer_id, trajectory_id,"
                           " layer_values) VALUES (?,?,?)");
        row.bindAll(layer.value, trajectory.value).bindArray(values);
        row.run();
        return {};
    });
}

Result<std::vector<LayerRecord>> layers(const Project& project) {
    return guarded(project, [&]() -> Result<std::vector<LayerRecord>> {
        std::vector<LayerRecord> list;
        Query query(project, cat(kLayerColumns, " FROM layer l ORDER BY l.id"));
        while (query.step())
            list.push_back(readLayer(query));
        return list;
    });
}

Result<std::vector<std::pair<LayerRecord, std::vector<float>>>> layersOf(const Project& project,
                                                                         TrajectoryId trajectory) {
    using List = std::vector<std::pair<LayerRecord, std::vector<float>>>;
    return guarded(project, [&]() -> Result<List> {
        List list;
        Query query(project, cat(kLayerColumns, ", v.layer_values FROM layer_values v JOIN layer l"
                                                " ON l.id = v.layer_id WHERE v.trajectory_id = ?"
                                                " ORDER BY l.id"));
        query.bind(trajectory.value);
        while (query.step())
            list.emplace_back(readLayer(query), query.array<float>(8));
        return list;
    });
}

} // namespace crux::store
