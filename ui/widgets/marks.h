// Every mark and badge of the window as painted paths (never font glyphs): one place, so that the
// heat map, tables, trees, legends, exports and tool tips draw the same thing.
#pragma once

#include "core/spec/verdict.h"
#include "core/store/records.h"
#include "ui/widgets/theme.h"

#include <QPainterPath>
#include <QPixmap>
#include <QPointF>
#include <QRectF>
#include <QSizeF>

class QPainter;

namespace crux::ui {

/// Marks of the lane above a token cell.
enum class Mark { Candidate, Critical, Forced, Fork, Bookmark };
enum class Severity { Error, Warning, Information, Passed };
enum class BlankGlyph { Space, LineEnd, Tab };

namespace marks {

/// 10 x 8 for the triangles, 10 x 10 for the others.
QSizeF size(Mark mark);
/// The outline of `mark` in a box whose top left corner is the origin.
QPainterPath path(Mark mark);
/// Whether the path is filled (else stroked 1.5).
bool isFilled(Mark mark);
/// Draws `mark` with its top left corner at `topLeft`; `hollowFill` is put behind a hollow one.
void paint(QPainter& painter, Mark mark, QPointF topLeft, const QColor& ink,
           const QColor& hollowFill = QColor());

/// Badge: colour and glyph = verdict, shape = source (circle sampled by a model, square imported,
/// diamond forced). `running` draws a hatched badge without a glyph. Centred in `box`.
void paintVerdict(QPainter& painter, const QRectF& box, Verdict verdict, Source source,
                  bool running = false, const Theme& theme = Theme::current());
/// 14 x 14 sign of a job state, centred in `box`; the word always stands beside it.
void paintJobState(QPainter& painter, const QRectF& box, store::JobState state);
/// 16 x 16 sign, centred in `box`.
void paintSeverity(QPainter& painter, const QRectF& box, Severity severity);
/// Space, line end or tab in a text cell: `cell` is the column's box, `baseline` its text baseline.
void paintBlank(QPainter& painter, BlankGlyph glyph, const QRectF& cell, double baseline,
                const QColor& ink);
/// Tree arrow: open points down, closed right. Centred in `box`, stroke 1.5.
void paintArrow(QPainter& painter, const QRectF& box, bool open, const QColor& ink);
/// 45 degree hatch, pitch 6, stroke .8, clipped to `box`.
void paintHatch(QPainter& painter, const QRectF& box, const QColor& color);
/// k of n right with its 95 % Wilson interval, 34-52 x 14; vermilion bar when k = 0.
void paintInterval(QPainter& painter, const QRectF& box, int k, int n);

/// As pixmaps for icons, labels and item decorations (16 x 16 logical, device pixel ratio kept).
QPixmap verdictPixmap(Verdict verdict, Source source, bool running, double devicePixelRatio);
QPixmap jobStatePixmap(store::JobState state, double devicePixelRatio);
QPixmap severityPixmap(Severity severity, double devicePixelRatio);
QPixmap markPixmap(Mark mark, double devicePixelRatio);

/// "right", "wrong", "no answer", "not graded" (translated), for the text beside a badge.
QString verdictWord(Verdict verdict);
/// The same of a trajectory; "ambiguous" where several answers stand in it.
QString verdictWord(const store::TrajectoryRecord& record);
/// "sampled by a model", "imported", "forced" (translated).
QString sourceWord(Source source);
/// The design's word for a job state (translated).
QString jobStateWord(store::JobState state);

} // namespace marks
} // namespace crux::ui
