// QCustomPlot's header, which says "signals", "slots" and "foreach" where our build has
// QT_NO_KEYWORDS. Large: included by the .cpp files of charts only.
#pragma once

#include <QObject>

#define signals Q_SIGNALS
#define slots Q_SLOTS
#define foreach Q_FOREACH
#include <qcustomplot.h>
#undef signals
#undef slots
#undef foreach
