//! The organisation's calendar: a zone, its hours of work, its holidays.
//!
//! Zones come from the database compiled in, never from the system: every function reads the same clock on the wall.

use domain::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use policy::Calendar;
use serde::{Deserialize, Serialize};

/// When people work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarRule {
    /// Of the IANA database, e.g. `Europe/Berlin`; UTC when absent.
    #[serde(default)]
    pub zone: Zone,
    /// When `context.business_hours` is true; never when absent.
    #[serde(default)]
    pub business_hours: Option<BusinessHours>,
    /// Days without business hours.
    #[serde(default)]
    pub holidays: Vec<Day>,
}

/// Hours of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusinessHours {
    /// On these days.
    pub days: Vec<Weekday>,
    /// From this time.
    pub from: WallTime,
    /// Until just before this one, at most `24:00`.
    pub to: WallTime,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "days of the week")]
pub enum Weekday {
    Mon = 1,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// A zone of the database compiled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(TimeZone);

/// Minutes since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WallTime(u16);

/// A date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

impl CalendarRule {
    /// Minutes since midnight in its zone.
    pub(crate) fn minute_of_day(&self, now: Timestamp) -> u16 {
        let Calendar { hour, minute, .. } = self.at(now);
        u16::from(hour) * 60 + u16::from(minute)
    }

    /// What the clock on the wall shows.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Calendar {
        let instant = jiff::Timestamp::from_millisecond(now.millis()).unwrap_or(jiff::Timestamp::MAX);
        let wall = self.zone.0.to_datetime(instant);
        let date = Day(wall.date());
        let part = |number: i8| u8::try_from(number).unwrap_or_default();
        let (weekday, hour, minute) =
            (part(wall.weekday().to_monday_one_offset()), part(wall.hour()), part(wall.minute()));
        let time = WallTime(u16::from(hour) * 60 + u16::from(minute));
        let working = |hours: &BusinessHours| {
            hours.days.iter().any(|day| *day as u8 == weekday) && (hours.from..hours.to).contains(&time)
        };
        Calendar {
            zone: String::from(self.zone.clone()),
            weekday,
            hour,
            minute,
            date: String::from(date),
            business_hours: self.business_hours.as_ref().is_some_and(working)
                && !self.holidays.contains(&date),
        }
    }
}

impl WallTime {
    /// Minutes since midnight, at most 24 hours.
    pub(crate) fn minutes(self) -> u16 {
        self.0
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl TryFrom<String> for Zone {
    type Error = String;

    /// Its name as the database writes it, so that one zone has one name.
    fn try_from(name: String) -> Result<Self, String> {
        let unknown = || format!("`{name}` is no zone of the IANA database");
        let zone = TimeZoneDatabase::bundled().get(&name).map_err(|_| unknown())?;
        if zone.iana_name() == Some(name.as_str()) { Ok(Self(zone)) } else { Err(unknown()) }
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0.iana_name().unwrap_or("UTC").to_owned()
    }
}

impl TryFrom<String> for WallTime {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let part = |digits: &str| {
            let two = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
            digits.parse::<u16>().ok().filter(|_| two)
        };
        let read = text.split_once(':').and_then(|(hours, minutes)| Some((part(hours)?, part(minutes)?)));
        let minutes = read.filter(|(_, minutes)| *minutes < 60).map(|(hours, minutes)| hours * 60 + minutes);
        minutes
            .filter(|minutes| *minutes <= 24 * 60)
            .map(Self)
            .ok_or_else(|| format!("`{text}` is no time of day like `09:00`"))
    }
}

impl From<WallTime> for String {
    fn from(time: WallTime) -> Self {
        format!("{:02}:{:02}", time.0 / 60, time.0 % 60)
    }
}

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let date: Option<Date> = text.parse().ok();
        date.map(Self)
            .filter(|day| String::from(*day) == text)
            .ok_or_else(|| format!("`{text}` is no date like `2026-12-25`"))
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.0.to_string()
    }
}
