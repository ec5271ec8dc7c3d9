#include "ui/pages/project_tree.h"

#include "ui/model/run_board.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QDateTime>
#include <QFileInfo>
#include <QLocale>

#include <algorithm>
#include <functional>
#include <map>

namespace crux::ui {

namespace {

QString dateText(qint64 ms) {
    return ms > 0
               ? QLocale().toString(QDateTime::fromMSecsSinceEpoch(ms).date(), QLocale::ShortFormat)
               : QString();
}

QString roleText(const std::string& role) {
    if (role == "positive")
        return ProjectTree::tr("positive");
    if (role == "negative")
        return ProjectTree::tr("negative");
    if (role == "policy")
        return ProjectTree::tr("policy");
    return ProjectTree::tr("adapter");
}

/// Why a question gave nothing to a set of training data.
QString reasonText(const std::string& reason) {
    if (reason == "no_right")
        return ProjectTree::tr("no right answer");
    if (reason == "no_wrong")
        return ProjectTree::tr("no wrong answer");
    if (reason == "no_answer_only")
        return ProjectTree::tr("no answer found in any sample");
    if (reason == "ungraded")
        return ProjectTree::tr("no gold answer");
    return ProjectTree::tr("no samples");
}

/// A model's files may have moved; looked at only once per rebuild, on local paths quick.
bool isThere(const std::string& path) {
    return QFileInfo::exists(QString::fromStdString(path));
}

QIcon presence(bool there) {
    return QIcon(marks::severityPixmap(there ? Severity::Passed : Severity::Warning, 2.0));
}

} // namespace

ProjectTree::ProjectTree(int parts, QObject* parent)
    : QStandardItemModel(parent)
    , m_parts(parts) {
    setColumnCount(ColumnCount);
    setHorizontalHeaderLabels({tr("Name"), tr("What"), tr("Size"), tr("Date")});
    horizontalHeaderItem(Size)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
}

QList<QStandardItem*> ProjectTree::row(Kind kind, qint64 id, const QString& name,
                                       const QString& what, const QString& size, qint64 dateMs) {
    QList<QStandardItem*> items{new QStandardItem(name), new QStandardItem(what),
                                new QStandardItem(size), new QStandardItem(dateText(dateMs))};
    items[Size]->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    for (QStandardItem* item : items) {
        item->setEditable(false);
        item->setToolTip(item->text());
    }
    items[What]->setForeground(Theme::current().secondText);
    items[Date]->setForeground(Theme::current().secondText);
    items[Name]->setData(kind, KindRole);
    items[Name]->setData(id, IdRole);
    return items;
}

QStandardItem* ProjectTree::addGroup(const QString& title) {
    QList<QStandardItem*> items = row(Group, 0, title, {}, {}, 0);
    items[Name]->setFont(fonts::uiDemi());
    for (QStandardItem* item : items)
        item->setSelectable(false);
    QStandardItem* group = items[Name];
    appendRow(items);
    return group;
}

void ProjectTree::setFacts(const ProjectFacts& facts, ScoreSetId current) {
    removeRows(0, rowCount());
    m_bookmarks = nullptr;
    if (m_parts & Datasets) {
        QStandardItem* group = addGroup(tr("Datasets"));
        for (const store::DatasetRecord& dataset : facts.datasets) {
            const QString what = dataset.split.empty() ? QString::fromStdString(dataset.kind)
                                                       : QString::fromStdString(dataset.split);
            auto items = row(Dataset, dataset.id.value, QString::fromStdString(dataset.name), what,
                             format::integer(dataset.trajectories), dataset.createdMs);
            items[Name]->setData(QString::fromStdString(dataset.name), TextRole);
            items[Name]->setIcon(presence(dataset.trajectories > 0 || dataset.questions > 0));
            items[Size]->setToolTip(tr("%1 questions, %2 trajectories")
                                        .arg(format::integer(dataset.questions),
                                             format::integer(dataset.trajectories)));
            group->appendRow(items);
        }
    }
    if (m_parts & Lineage)
        addLineage(facts);
    if (m_parts & ScoreSets) {
        QStandardItem* group = addGroup(tr("Score sets"));
        for (const store::ScoreSetRecord& set : facts.scoreSets) {
            auto items = row(ScoreSet, set.id.value, QString::fromStdString(set.name),
                             tr("β %1").arg(set.beta), format::integer(set.scored), set.createdMs);
            items[Name]->setIcon(presence(set.scored > 0));
            if (set.id == current) {
                items[Name]->setFont(fonts::uiDemi());
                items[What]->setText(tr("β %1, shown").arg(set.beta));
            }
            group->appendRow(items);
        }
    }
    if (m_parts & TrainingData)
        addTrainingData(facts);
    if (m_parts & Slices) {
        QStandardItem* group = addGroup(tr("Slices"));
        for (const auto& [name, filter] : facts.slices) {
            auto items =
                row(Slice, 0, QString::fromStdString(name), QString::fromStdString(filter), {}, 0);
            items[Name]->setData(QString::fromStdString(filter), TextRole);
            group->appendRow(items);
        }
    }
    if (m_parts & Bookmarks) {
        m_bookmarks = addGroup(tr("Bookmarks"));
        setBookmarks(m_marks);
    }
    for (int i = 0; i < rowCount(); ++i)
        if (item(i)->rowCount() == 0 && item(i) != m_bookmarks)
            item(i, What)->setText(tr("none yet"));
}

void ProjectTree::addLineage(const ProjectFacts& facts) {
    QStandardItem* group = addGroup(tr("Models and adapters"));
    std::map<std::int64_t, QStandardItem*> byAdapter;
    for (const store::ModelRecord& model : facts.models) {
        auto items = row(Model, model.id.value, QString::fromStdString(model.name), tr("base"),
                         format::bytes(model.sizeBytes), model.createdMs);
        items[Name]->setIcon(presence(isThere(model.path)));
        items[Name]->setToolTip(
            isThere(model.path) ? QString::fromStdString(model.path)
                                : tr("not at %1 any more").arg(QString::fromStdString(model.path)));
        QStandardItem* parent = items[Name];
        group->appendRow(items);
        // base -> SFT -> positive / negative -> cDPO: an adapter stands below the one it grew from.
        std::function<void(AdapterId, QStandardItem*, int)> add =
            [&](AdapterId above, QStandardItem* under, int depth) {
                for (const store::AdapterRecord& adapter : facts.adapters) {
                    if (adapter.modelId != model.id || adapter.parentId != above || depth > 16)
                        continue;
                    auto line = row(Adapter, adapter.id.value, QString::fromStdString(adapter.name),
                                    roleText(adapter.role), format::bytes(adapter.sizeBytes),
                                    adapter.createdMs);
                    line[Name]->setIcon(presence(isThere(adapter.path)));
                    line[Name]->setToolTip(QString::fromStdString(adapter.path));
                    QStandardItem* next = line[Name];
                    under->appendRow(line);
                    addOrigin(facts, adapter.id, next);
                    add(adapter.id, next, depth + 1);
                }
            };
        add(AdapterId{}, parent, 0);
    }
}

/// Below an adapter: the run and step that made it; opening it opens the run.
void ProjectTree::addOrigin(const ProjectFacts& facts, AdapterId adapter, QStandardItem* under) {
    for (const store::AdapterOrigin& origin : m_origins) {
        if (origin.adapter != adapter)
            continue;
        for (const store::JobRecord& job : facts.jobs)
            if (job.id == origin.job) {
                auto line =
                    row(Run, job.id.value,
                        tr("%1, step %2").arg(RunBoard::nameOf(job), format::integer(origin.step)),
                        tr("made it"), RunBoard::methodOf(job), job.finishedMs);
                line[Name]->setData(static_cast<qint64>(origin.step), PositionRole);
                line[Name]->setToolTip(tr("Opens the run in the Train perspective"));
                line[Name]->setIcon(icon(QStringLiteral("office-chart-line")));
                under->appendRow(line);
            }
    }
}

bool ProjectTree::setOrigins(const std::vector<store::AdapterOrigin>& origins) {
    const bool same =
        std::equal(origins.begin(), origins.end(), m_origins.begin(), m_origins.end(),
                   [](const store::AdapterOrigin& a, const store::AdapterOrigin& b) {
                       return a.adapter == b.adapter && a.job == b.job && a.step == b.step;
                   });
    m_origins = origins;
    return !same;
}

/// A set, and below it how many questions it kept and dropped, and why.
void ProjectTree::addTrainingData(const ProjectFacts& facts) {
    QStandardItem* group = addGroup(tr("Training data"));
    for (const store::PairSetRecord& set : facts.pairSets) {
        const std::string kind = set.kind();
        const QString what = kind == "sft_pos"      ? tr("positive")
                             : kind == "sft_neg"    ? tr("negative")
                             : kind == "preference" ? tr("pairs")
                                                    : QString::fromStdString(kind);
        auto items = row(PairSet, set.id.value, QString::fromStdString(set.name), what,
                         format::integer(set.pairs), set.createdMs);
        items[Name]->setIcon(presence(set.pairs > 0));
        const auto addLine = [&](const QString& name, qint64 count) {
            auto line = row(Group, 0, name, tr("questions"), format::integer(count), 0);
            for (QStandardItem* item : line)
                item->setSelectable(false);
            items[Name]->appendRow(line);
        };
        if (set.rule.contains("kept") && set.rule.at("kept").is_number_integer())
            addLine(tr("kept"), set.rule.at("kept").get<qint64>());
        for (const Json& dropped : set.rule.value("dropped", Json::array()))
            if (dropped.is_object() && dropped.contains("questions"))
                addLine(tr("dropped: %1").arg(reasonText(dropped.value("reason", std::string()))),
                        static_cast<qint64>(dropped.at("questions").size()));
        group->appendRow(items);
    }
}

void ProjectTree::setBookmarks(const std::vector<store::MarkRecord>& marks) {
    m_marks = marks;
    if (!m_bookmarks)
        return;
    m_bookmarks->removeRows(0, m_bookmarks->rowCount());
    for (const store::MarkRecord& mark : marks) {
        if (mark.position < 0)
            continue;
        auto items =
            row(Bookmark, mark.trajectoryId.value,
                tr("trajectory %1").arg(format::integer(mark.trajectoryId.value)),
                tr("token %1").arg(format::integer(mark.position + 1)), {}, mark.createdMs);
        items[Name]->setData(mark.position, PositionRole);
        items[Name]->setIcon(QIcon(marks::markPixmap(Mark::Bookmark, 2.0)));
        m_bookmarks->appendRow(items);
    }
    item(m_bookmarks->row(), What)
        ->setText(m_bookmarks->rowCount() == 0 ? tr("none yet") : QString());
}

} // namespace crux::ui
